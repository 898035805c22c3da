"""Orders of acts in which the product does each of them, so that none is a dead letter. The first begins with two held places."""

from typing import Any

Walk = list[tuple[str, dict[str, Any]]]

PLACES_AND_MONEY: Walk = [
    ("more_time", {"which": 0}), ("breakouts", {"which": 0, "choice": 1}), ("open_page", {"which": 0}),
    ("pay", {"which": 0, "card": "refund_fails"}), ("webhook_forged", {"which": 0}),
    ("webhooks", {"seed": 1, "many": 2, "twice": True}), ("webhooks", {"seed": 2, "many": 4, "twice": False}),
    ("webhook_of_others", {"which": 0, "how": "another amount"}), ("webhook_of_others", {"which": 0, "how": "no order"}),
    ("refund", {"which": 0, "cents": 2_000, "lowers": True}), ("worker", {}), ("settle", {"outcome": "failed"}),
    ("webhooks", {"seed": 3, "many": 9, "twice": False}), ("refund_again", {"which": 0}), ("refund_unmatched", {"which": 1}),
    ("let_go", {"which": 0}), ("hold", {"first": 4, "many": 1, "kind": 0, "mode": "in_person", "breakout": None, "dinner": 1}),
    ("place", {"which": 0, "method": "invoice"}), ("cheque", {"which": 2, "cents": 12_550, "alone": False}),
    ("bounce", {"which": 0}), ("cheque", {"which": 2, "cents": 25_000, "alone": False}),
    ("refund", {"which": 2, "cents": 2_000, "lowers": False}), ("refund_by_hand", {"which": 0}),
    ("cheque", {"which": 0, "cents": 500, "alone": True}), ("attach", {"which": -1, "order": 2}),
    ("correct", {"which": 2, "cents": 1_500, "void": False}), ("mail", {}), ("move", {"which": 0, "hours": 240}),
    ("rename", {"which": 3, "title": "A new name"}), ("cancel_session", {"which": 0}),
    ("hold", {"first": 5, "many": 1, "kind": 1, "mode": "online", "breakout": "none", "dinner": 0}),
    ("restore_session", {"which": 0}), ("capacity", {"which": "capacity", "size": 5}),
    ("session_limit", {"which": 3, "size": 4}), ("change_offers", {"whole_": 5, "dinners": 3}),
    ("webhook_again", {"which": 0}), ("sweep", {}), ("time", {"minutes": 36}),
    ("worker", {}), ("cancel", {"which": 1, "by_staff": True}), ("cancel", {"which": 0, "by_staff": False}),
    ("hold", {"first": 6, "many": 2, "kind": 0, "mode": "online", "breakout": None, "dinner": 0}),
    ("place", {"which": 0, "method": "invoice"}), ("substitute", {"which": -1, "who": 3, "by_staff": True}), ("mail", {}),
    ("cancel_event", {}), ("mail", {}),
]

LINES: Walk = [
    ("capacity", {"which": "capacity", "size": 2}), ("wait", {"who": 2, "level": "event", "seats": 1, "known": True}),
    ("wait", {"who": 3, "level": "event", "seats": 2, "known": False}), ("wait", {"who": 4, "level": "event", "seats": 1, "known": True}),
    ("smaller_party", {"which": 0, "seats": 1}), ("move_party", {"which": 1, "position": 1}), ("breakouts", {"which": 0, "choice": 0}),
    ("wait_for_session", {"which": 1, "breakout": 0}), ("let_go", {"which": 0}), ("offer_now", {"which": 0}),
    ("drain", {"names": ("waitlist",)}),
    ("take_session", {"which": 0}), ("take_offer", {"which": 0, "kind": 0, "mode": "in_person", "many": 0, "word": ""}),
    ("capacity", {"which": "capacity", "size": 3}), ("drain", {"names": ("waitlist",)}), ("leave_line", {"which": 0, "offered": True}),
    ("close_line", {"which": 0}), ("close_line", {"which": 0}), ("time", {"minutes": 2_881}), ("drain", {"names": ("waitlist",)}),
]

KEPT_SEATS: Walk = [
    ("set_aside", {"kind": "agency", "seats": 1, "mode": None, "typed": False, "days": None, "there": False, "breakout": 1}),
    ("change_aside", {"which": 0, "seats": 2, "days": 20, "breakout": 1, "kept": 1}),
    ("agency_books", {"first": 3, "many": 1, "kind": 0, "mode": "in_person", "to_follow": True, "invoiced": True}),
    ("breakouts", {"which": -1, "choice": 1}), ("name_seat", {"which": 0, "who": 5, "by_staff": False}), ("return_aside", {"which": 0}),
    ("enter", {"who": 6, "kind": 0, "mode": "online", "aside": None}), ("hold_other", {"first": 7, "kind": 0}),
    ("place", {"which": -1, "method": "invoice"}), ("transfer", {"which": 0, "by_staff": True, "same_price": False}),
    ("transfer", {"which": -1, "by_staff": False, "same_price": False}),
]

PRICES: Walk = [
    ("change_code", {"which": 0, "how": "change", "terms": {"max_uses": 3}}), ("apply_code", {"which": 0, "word": "SPRING10"}),
    ("remove_code", {"which": 0}), ("apply_code", {"which": 0, "word": "HELP"}), ("remove_fund", {"which": 0}),
    ("add_to_order", {"which": 0, "first": 2, "other": True, "kind": 0, "word": "EACH"}), ("take_out", {"which": 0, "whose": 1}),
    ("hold", {"first": 3, "many": 1, "kind": 0, "mode": "online", "asks": "It is much for me."}),
    ("decide_help", {"which": 0, "fund": 1, "cents": 1_000, "grants": True}), ("place", {"which": -1, "method": "invoice"}),
    ("bill_grant", {}), ("part_back", {"which": 0}), ("give_part", {"which": -1, "fund": 0, "cents": None}),
    ("split", {"which": 0, "cents": 2_500, "kind": "agency"}), ("change_fund", {"which": 0, "how": "withdraw", "budget": 5_000}),
    ("hold", {"first": 5, "many": 1, "kind": 0, "mode": "in_person", "asks": "Please."}),
    ("decide_help", {"which": 0, "fund": 0, "cents": None, "grants": False}),
]

ACCOUNTS: Walk = [
    ("ask_agency", {"which": 0, "known": True}), ("time", {"minutes": 300}), ("remind_agency", {"which": 0}),
    ("answer_agency", {"which": 0, "how": "withdraw question", "po": ""}), ("ask_agency", {"which": 0, "known": False}),
    ("answer_agency", {"which": 0, "how": "decline", "po": ""}), ("ask_agency", {"which": 0, "known": True}), ("agency_pays", {"which": 0}),
    ("answer_agency", {"which": 0, "how": "approve", "po": "PO-7"}), ("pay_at_door", {"which": 0, "cents": 500, "method": "cash"}),
    ("check_for_several", {"which": 0, "many": 1, "short": 0, "rest": 1_500, "kept": True, "again": True}),
    ("hold_other", {"first": 5, "kind": 0}), ("place", {"which": -1, "method": "invoice"}),
    ("use_balance", {"which": 0, "cents": 500, "other": True}), ("return_balance", {"which": 0, "cents": 500}),
    ("keep_balance", {"which": 0, "cents": 500, "left": 3}), ("take_back_balance", {"which": 0}),
    ("cheque", {"which": 0, "cents": 25_000, "alone": True}), ("keep_payment", {"which": -1, "payer": 0, "cents": 500, "left": 3}),
    ("cheque", {"which": -1, "cents": 2_550, "alone": False}), ("bounce_check", {"which": -1, "fee": 1_500}),
    ("time", {"minutes": 17 * 24 * 60}), ("drain", {"names": ("balances",)}), ("statement", {"which": 0, "back": 40}),
    ("close_month", {"next_": False}), ("statement", {"which": 2, "back": 1}),
]

MEMBERS: Walk = [
    ("add_year", {"which": 0}), ("remove_year", {"which": 0}), ("add_year", {"which": 0}), ("place", {"which": 0, "method": "invoice"}),
    ("check_for_several", {"which": 0, "many": 1, "short": 0, "rest": 0, "kept": False, "again": False}),
    ("defer", {"which": 0, "by_staff": False}),
]

ALL = (MEMBERS, PLACES_AND_MONEY, LINES, KEPT_SEATS, PRICES, ACCOUNTS)
