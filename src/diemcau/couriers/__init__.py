"""Couriers carry messages out of the house: by mail, and to the webhooks of other systems."""

from diemcau.couriers.mail import MailCourier
from diemcau.couriers.settings import (
    BadSettings,
    CourierSettings,
    MailSettings,
    WebhookSettings,
    read_settings,
)
from diemcau.couriers.webhook import WebhookCourier
from diemcau.domain.outbox import Channel
from diemcau.ports.clock import Clock
from diemcau.ports.couriers import Courier

__all__ = [
    "BadSettings",
    "CourierSettings",
    "MailCourier",
    "MailSettings",
    "WebhookCourier",
    "WebhookSettings",
    "open_couriers",
    "read_settings",
]


def open_couriers(settings: CourierSettings, clock: Clock) -> dict[Channel, Courier]:
    """A courier for each channel that is set up; nothing is connected yet."""
    couriers: dict[Channel, Courier] = {}
    if settings.mail is not None:
        couriers[Channel.MAIL] = MailCourier(settings.mail)
    if settings.webhook:
        couriers[Channel.WEBHOOK] = WebhookCourier(settings.webhook, clock)
    return couriers
