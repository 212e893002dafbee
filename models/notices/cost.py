"""What a notice costs where it is sent faster than Telegram allows for nothing.

Telegram Bot API, sendMessage, `allow_paid_broadcast`: "Pass True to allow up to 1000 messages per second, ignoring broadcasting
limits for a fee of 0.1 Telegram Stars per message. The relevant Stars will be withdrawn from the bot's balance"; and
TransactionPartnerTelegramApi, `request_count`: "The number of successful requests that exceeded regular limits and were
therefore billed". So those within the free limit cost nothing.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

PRICE = Decimal("0.1")
"""Stars for each message above the free limit."""


def stars(recipients: int, paid_per_second: float, free_per_second: float) -> Decimal:
    """Stars that telling so many people costs at an even pace, where nothing else goes out meanwhile; 0 where the pace is
    not above the free limit.

    What else goes out in that time uses up some of the free limit: `at_most` is never passed.
    """
    if paid_per_second <= free_per_second or recipients <= 0:
        return Decimal(0)
    above = 1 - Fraction(free_per_second) / Fraction(paid_per_second)
    return min(ceil(recipients * above) * PRICE, at_most(recipients, paid_per_second, free_per_second))


def at_most(recipients: int, paid_per_second: float, free_per_second: float) -> Decimal:
    """Stars if every single message were billed; 0 where the pace is not above the free limit."""
    return max(recipients, 0) * PRICE if paid_per_second > free_per_second else Decimal(0)


def seconds(recipients: int, paid_per_second: float, free_per_second: float) -> float:
    """How long telling so many people takes, whichever pace holds."""
    return max(recipients, 0) / max(paid_per_second, free_per_second)
