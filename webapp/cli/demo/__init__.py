"""The demonstration: 22 events and their past editions, a few dozen people, and a past that the real actions made.

`calendar` moves the dates, `events` makes the editions, `people` the cast, `registrations` and `attendance` what they did,
`story` plays it in the order of time, `command` is what one types.
"""
