"""A local stand-in for Stripe, for development and tests: a process on loopback, never for production.

It speaks Stripe's HTTP API to the unmodified `stripe` library, shows a payment page that knows Stripe's
published test cards, and posts signed webhooks. All its state is one SQLite file, so it survives `kill -9`:

    python -m webapp.devtools.stripe_standin --port 5010 --db PATH --webhook-url URL --webhook-secret SECRET

or from a test by `process.StandIn`.

Taken from the library itself, and so as right as stripe 16.1.0: the accepted parameter names, types
and allowed values (`stripe.params`), the field names of every object, and the signing of webhooks.

What was written from Stripe's documentation and public reports, and has NEVER been compared with Stripe:
- the wording and codes of errors (over-refund, expiring what is not open, `expires_at` limits, conflicts);
- the order and number of events per story. Stripe promises no order; here they leave as they happened;
- that a PaymentIntent is made at the first attempt to pay, and hangs on the session from then on, also when
  the attempt is declined; that an expiring session cancels it;
- that a charge has its balance transaction at once (Stripe may attach it later and send `charge.updated`);
- fees (2.9 % + 30 cents by card, 0.8 % up to 5.00 by bank debit, 15.00 a dispute); none is given back;
- refund states by test card, `pending` refunds of bank debits, how a failed refund returns to the balance;
- which refusals are kept under an idempotency key (here: all but failed validation), and that keys never
  expire (Stripe: after 24 hours at the earliest); that two requests at once with one key wait for each other
  (Stripe answers the second with 409);
- the back-off of webhook retries (here from half a second to a minute, without end) and one event at a time;
- payouts are paid at once and take the whole balance; the whole balance is available at once;
- which payment methods are eligible: here what the `methods` control says, bank debits in dollars only;
- amounts are shown with two decimals for every currency; the 50 cent minimum is not converted;
- the checking of addresses, emails, lengths and metadata is simpler than Stripe's.

Parameters Stripe knows but that would change the money in ways not imitated here (discounts, tax, shipping,
customers, manual capture ...) are refused with the code `standin_not_imitated` rather than ignored.
"""
