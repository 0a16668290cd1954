"""What may be shown of a reporter on a screen: enough to tell two apart, too little to know who."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """陈志强 → 陈**; a single character is hidden whole."""
    text = name.strip()
    if len(text) < 2:
        return "*" * len(text)
    return text[0] + "*" * min(len(text) - 1, 6)


def mask_phone(phone: str) -> str:
    """13812342207 → 138****2207; shorter numbers keep their last two digits, very short ones nothing."""
    text = "".join(phone.split())
    if len(text) >= 11:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    if len(text) >= 7:
        return "*" * (len(text) - 2) + text[-2:]
    return "*" * len(text)


def mask_reporter(name: str | None, phone: str | None) -> str | None:
    """The one line that stands in the log and on the card; None when nothing was given."""
    parts = [mask_name(name or ""), mask_phone(phone or "")]
    return " ".join(part for part in parts if part) or None
