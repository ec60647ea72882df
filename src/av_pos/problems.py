"""An error → what a reader can do about it: a sentence or two in the screen's language.

`sentence` knows every error of errors.py and every key that the program puts into one (a test walks the source for
them); what it does not know is our own bug and gets a number, the same for the same bug, that stands in the log too.
"""

import errno
import hashlib
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from av_pos import errors
from av_pos.errors import (
    AvPosError,
    DiskFull,
    ImportProblem,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotPermitted,
    PriceBelowFloor,
    ReadOnly,
    RowProblem,
    StorageError,
    Underpaid,
    WrongState,
)
from av_pos.i18n import N_, _, ngettext, screen_texts

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_SHOWN = 60
_PATH_SHOWN = 300
# Said where nothing better is known; a mark inside the call that translates it would not be found.
_THAT = N_("That")
_MISSING = N_("Nothing answers to {key}. Check it.")

FIELDS: Mapping[str, str] = {
    "album_artist": N_("Artist of the album"),
    "album_title": N_("Title of the album"),
    "amount": N_("Amount"),
    "artist": N_("Artist"),
    "artists": N_("Artist"),
    "backup": N_("Backup"),
    "barcode": N_("Barcode"),
    "birthday": N_("Birthday"),
    "card": N_("Card"),
    "card_code": N_("Member card"),
    "card_last4": N_("Last four digits of the card"),
    "catalogue_number": N_("Catalogue number"),
    "categories": N_("Category"),
    "category": N_("Category"),
    "code": N_("Code"),
    "condition": N_("New or used"),
    "cost": N_("Cost"),
    "count": N_("Count of the drawer"),
    "country": N_("Country"),
    "coupon": N_("Coupon"),
    "coupons": N_("Number of coupons"),
    "currency": N_("Currency"),
    "date": N_("Day"),
    "day_cut": N_("End of the day"),
    "days": N_("Days"),
    "defects": N_("Defects"),
    "difference_reason": N_("Reason of the difference"),
    "discount": N_("Discount"),
    "discs": N_("Discs"),
    "edition": N_("Disc"),
    "file": N_("File"),
    "first_on": N_("First day"),
    "float": N_("Float"),
    "floor": N_("Margin that stays"),
    "format": N_("Format"),
    "formats": N_("Format"),
    "gift": N_("Gift"),
    "give": N_("What the rule gives"),
    "grades": N_("Grade"),
    "hours": N_("Hours"),
    "is_exclusive": N_("Stands alone"),
    "identity": N_("Who brings it"),
    "kind": N_("What the rule gives"),
    "label": N_("Label"),
    "labels": N_("Label"),
    "language": N_("Language"),
    "last_on": N_("Last day"),
    "level": N_("Level"),
    "line": N_("Line of the sale"),
    "media_grade": N_("Grade of the disc"),
    "member": N_("Member"),
    "member_limit": N_("Uses for each member"),
    "name": N_("Name"),
    "note": N_("Note"),
    "parts": N_("Parts of the bundle"),
    "pay_qty": N_("Pieces to pay"),
    "percent": N_("Per cent"),
    "phone": N_("Phone"),
    "phone_country": N_("Country code of phone numbers"),
    "pin": N_("PIN"),
    "points": N_("Points"),
    "points_factor": N_("Factor on points"),
    "price": N_("Price"),
    "printer": N_("Printer"),
    "priority": N_("Order of the rule"),
    "quantity": N_("Quantity"),
    "reason": N_("Reason"),
    "released": N_("Release date"),
    "return_condition": N_("Condition"),
    "role": N_("Role"),
    "rule": N_("Price rule"),
    "sequence": N_("Receipt number"),
    "shop": N_("Shop"),
    "shop_name": N_("Shop's name"),
    "shelf": N_("Shelf"),
    "size": N_("Size"),
    "sleeve_grade": N_("Grade of the sleeve"),
    "source": N_("Source"),
    "spend": N_("Amount to spend"),
    "staff": N_("Person"),
    "stored_value": N_("Stored value"),
    "style": N_("Style"),
    "styles": N_("Style"),
    "take_qty": N_("Pieces to take"),
    "tax_key": N_("Tax rate"),
    "tax_rate": N_("Tax rate"),
    "tender": N_("Payment"),
    "threshold": N_("Spending for the level"),
    "till": N_("Till number"),
    "title": N_("Title"),
    "top_up_steps": N_("Bonus on topping up"),
    "uses_limit": N_("Uses in all"),
    "version": N_("Version of the rule"),
    "voucher": N_("Voucher"),
    "want": N_("What is wanted"),
    "weekdays": N_("Weekdays"),
    "what": N_("Which discs"),
    "when": N_("When"),
    "who": N_("For whom"),
    "year": N_("Year"),
    "zone": N_("Time zone"),
}
"""What a field is called; the name of a setting stands for itself."""

REASONS: Mapping[str, str] = {
    "above_spend": N_("{field}: it is more than has to be spent. Type less."),
    "address": N_("{field}: “{value}” is not a printer address. Type one such as tcp://192.168.1.50:9100."),
    "before_first": N_("{field}: it lies before the first day. Choose a later one."),
    "below_used": N_("{field}: it is less than was used already. Type more."),
    "control": N_("{field}: the text holds a character that no screen shows. Type it again."),
    "date": N_("{field}: “{value}” is not a date. Type it as 2026, 2026-11 or 2026-11-20."),
    "decimals": N_("{field}: “{value}” has too many decimals. Leave some out."),
    "empty": N_("{field}: nothing was typed. Type it in."),
    "four_digits": N_("{field}: type exactly four digits, or none."),
    "four_to_twelve_digits": N_("{field}: type 4 to 12 digits."),
    "invalid": N_("{field}: “{value}” cannot be right. Check it and type it again."),
    "negative": N_("{field}: it cannot be below zero. Type it without a minus."),
    "no_time": N_("{field}: it ends when it begins. Choose a later end."),
    "not_a_barcode": N_("{field}: “{value}” is not a barcode. Type its 8 to 14 digits."),
    "not_a_choice": N_("{field}: “{value}” is not one of the choices."),
    "not_a_currency": N_("{field}: “{value}” is not a currency. Type its three letters, such as CNY."),
    "not_a_day": N_("{field}: “{value}” is not a day. Type it as 2026-11-20."),
    "not_a_number": N_("{field}: “{value}” is not a number. Type digits, with a point before the decimals."),
    "not_a_zone": N_("{field}: “{value}” is not a time zone. Type one such as Asia/Shanghai."),
    "not_a_size": N_("{field}: “{value}” is not a size. Type it as 1366x768."),
    "not_below_take": N_("{field}: it must be fewer than are taken. Type fewer."),
    "not_both": N_("{field}: an amount and a share cannot be given together. Leave one out."),
    "not_both_ends": N_("{field}: the beginning or the end is missing. Type both, or none."),
    "not_toml": N_("The settings file {value} cannot be read. Put it right, or take it away to start with none."),
    "not_upc_e": N_("{field}: “{value}” is not a short barcode (UPC-E). Type its 6 to 8 digits."),
    "out_of_range": N_("{field}: {value} is out of range."),
    "own_code": N_("{field}: {value} is one of the shop's own labels. Type the code that the maker printed."),
    "too_large": N_("{field}: {value} is too large."),
    "too_long": N_("{field}: the text is too long. Shorten it."),
    "too_small": N_("{field}: {value} is too small."),
    "unknown": N_("{field}: “{value}” is not known. Choose one that is."),
    "unknown_setting": N_("There is no setting “{field}”. “av-pos settings get” lists them all."),
    "whole_number": N_("{field}: “{value}” is not a whole number. Type digits only."),
    "wrong_type": N_("The settings file holds “{value}” for {field}, which cannot be. Put it right there."),
    "yes_or_no": N_("{field}: type true or false."),
}
"""By reason, for any field."""

SPECIAL: Mapping[tuple[str, str], str] = {
    ("backup", "is_the_shop"): N_("That is the shop's own file. Choose another one."),
    ("backup", "not_a_shop"): N_("{value} holds no shop. Choose a backup that av_pos made."),
    ("barcode", "too_large"): N_("At most 40 barcodes go on one edition."),
    ("card", "card_above_due"): N_("A card cannot be charged more than is due. Type the amount due."),
    ("tender", "tender_above_due"): N_("That is more than is due. Take only the amount due."),
    ("code", "kind"): N_("The shop makes no codes of that kind."),
    ("code", "payment_code"): N_("That is a customer's payment code, not a disc. Nothing was added."),
    ("code", "several"): N_("Several editions bear the code {value}. Scan the shop's own label of the one meant."),
    ("code", "not_for_sale"): N_("The code {value} names nothing that is sold. Scan the disc."),
    ("name", "taken"): N_("Somebody who works here is called {value} already. Add something that tells them apart."),
    ("printer", "port"): N_("The printer's port must lie between 1 and 65535, such as tcp://192.168.1.50:9100."),
    ("printer", "option"): N_(
        "The printer address “{value}” has an option that is not known. See the manual, “Printers”."
    ),
    ("printer", "dots"): N_("The printer's dots must be 256 to 1024, in steps of 8."),
    ("printer", "width"): N_("The printer's width must be 58 or 80."),
    ("printer", "mode"): N_("The printer's mode must be gbk or raster."),
    ("printer", "cutter"): N_("The printer's cutter must be 0 or 1."),
    ("printer", "drawer"): N_("The printer's drawer must be 0 or 1."),
    ("printer", "baud"): N_("The printer's speed (baud) must be one of the usual ones, such as 9600 or 115200."),
    ("printer", "accents"): N_("The printer's accents must be keep or strip."),
    ("printer", "confirm"): N_("The printer's confirm must be status, id or none."),
    ("quantity", "one_copy"): N_("There is only one of a used copy. Leave its quantity at 1."),
    ("quantity", "too_large"): N_("At most 999 pieces go on one line."),
    ("shop", "exists"): N_("There is a shop in {value} already. Choose another folder."),
    ("amount", "above_tender"): N_("This payment holds no more than that any longer. Type less."),
    ("identity", "empty"): N_("Without a receipt somebody must be known: type who brings it."),
    ("line", "empty"): N_("Nothing is chosen. Choose what comes back."),
    ("line", "not_of_this_sale"): N_("That is not on this receipt. Choose one of its lines."),
    ("quantity", "more_than_left"): N_("So many have not been sold or are back already: {value} are left."),
    ("tender", "not_correctable"): N_(
        "Only cash and card can be put right here. Take the discs back, then sell them again."
    ),
    ("tender", "same_tender"): N_("That is how it was keyed already. Choose how it was really paid."),
    ("staff", "several"): N_("Several people are called {value}. Name the person by number."),
    ("barcode", "own_code"): N_("{value} is one of the shop's own labels, not a barcode of the maker. Leave it out."),
    ("file", "too_large"): N_("{value} is too large a file. Divide it."),
    ("birthday", "out_of_range"): N_("{value} cannot be a birthday. Type the day of birth, or leave it empty."),
    ("card_code", "own_code"): N_(
        "{value} is one of the shop's own codes. Scan the member's older card, or leave it empty."
    ),
    ("card_code", "payment_code"): N_("That is a customer's payment code, not a card. Nothing was kept."),
    ("card_code", "taken"): N_("{value} has this card already. Find that member instead."),
    ("level", "empty"): N_("A level has no key. Give each level one, such as gold."),
    ("level", "taken"): N_("Two levels have the key {value}. Give each its own."),
    ("member", "itself"): N_("That is one and the same member. Choose the other one."),
    ("phone", "no_way_to_find"): N_("Type a phone number or hand out a card: the member must be found again."),
    ("phone", "not_a_phone"): N_(
        "“{value}” is not a telephone number. Type all its digits, with + and the country if it is foreign."
    ),
    ("phone", "taken"): N_("{value} has this phone number already. Find that member instead."),
    ("points", "above_balance"): N_("There are only {value} points to redeem. Take less."),
    ("points", "above_paid"): N_("More points cannot come back than were redeemed."),
    ("points", "above_share"): N_("Points may not pay that much of a bill. Take less, and the rest another way."),
    ("points", "not_in_lots"): N_("Points are turned into money in whole steps only. Take the amount that is offered."),
    ("points", "too_small"): N_("Too few points. Take more, or none."),
    ("stored_value", "above_balance"): N_(
        "There is not that much stored value. Take what there is, and the rest another way."
    ),
    ("stored_value", "above_paid"): N_("More cannot come back than the stored value had paid."),
    ("stored_value", "above_paid_part"): N_("Only what was paid in is paid out, without the bonus. Type less."),
    ("stored_value", "spent_already"): N_("Part of this has been spent. It cannot be taken back."),
    ("tender", "needs_member"): N_("Points and stored value need a member. Find the member first."),
    ("tender", "needs_voucher"): N_("Scan the voucher that pays."),
    ("threshold", "taken"): N_("Two levels begin at the same spending. Change one of them."),
    ("top_up_steps", "not_steps"): N_("“{value}” is no bonus step. Type AMOUNT:BONUS, apart by commas."),
    ("top_up_steps", "taken"): N_("The amount in “{value}” stands there twice. Leave one out."),
    ("voucher", "above_balance"): N_(
        "There is not that much on this voucher. Take what there is, and the rest another way."
    ),
    ("want", "empty"): N_("Say what is wanted: choose a disc, or type a few words."),
    ("coupon", "invalid"): N_("“{value}” cannot be a coupon's code. Take letters and digits, 40 at most."),
    ("coupon", "taken"): N_("The code {value} belongs to another rule, now or in earlier sales. Take another."),
    ("coupons", "too_large"): N_("At most 10,000 coupons are made at once."),
    ("coupons", "too_small"): N_("Type how many coupons are to be made."),
    ("edition", "too_large"): N_(
        "A rule names at most 5,000 discs one by one. Name their style, label or format instead."
    ),
    ("rule", "taken"): N_("Two price rules bear the number {value}. Leave one out."),
}
"""By field and reason, where the general words would not help."""

STATES: Mapping[tuple[str, str], str] = {
    ("basket", "changed"): N_("The basket has changed meanwhile. Look at the new total, then take the money."),
    ("basket", "empty"): N_("The basket is empty. Scan a disc first."),
    ("basket", "return_open"): N_("A return is open here. Finish it or take it out first."),
    ("copy", "in_this_basket"): N_("This used copy is in the basket already."),
    ("copy", "in_other_basket"): N_("This used copy lies in another basket, held or at another till."),
    ("copy", "intake"): N_("This used copy is not on sale yet: it waits to be graded and priced."),
    ("copy", "reserved"): N_("This used copy is reserved. Free it first, or take another."),
    ("copy", "rented"): N_("This used copy is lent out. Take it back first."),
    ("copy", "withdrawn"): N_("This used copy was taken off sale. Put it back in stock first."),
    ("copy", "sent_back"): N_("This used copy was sent back to the supplier. Ask a manager."),
    ("copy", "sold"): N_("This used copy is sold. It cannot be changed any more."),
    ("edition", "not_provisional"): N_("This edition has its name already. Change it in the catalogue."),
    ("edition", "provisional"): N_("This edition was sold as unknown and has no name yet. Name it first."),
    ("copy", "returned"): N_("This used copy has come back already."),
    ("last_document", "correction"): N_("The last document is a correction. Only a sale can be voided."),
    ("return", "needs_receipt"): N_("This shop takes nothing back without a receipt. Find the sale instead."),
    ("return", "worth_nothing"): N_("This disc was given away lately: without a receipt it brings nothing."),
    ("sale", "returned"): N_("Part of this sale has come back. Take the rest back instead of voiding it."),
    ("sale", "voided"): N_("This sale was voided. Nothing of it can come back."),
    ("sale", "void"): N_("This is the receipt of a void, not of a sale. Scan that of the sale."),
    ("sale", "return"): N_("This is the receipt of a return, not of a sale. Scan that of the sale."),
    ("sale", "correction"): N_("This is the receipt of a correction, not of a sale. Scan that of the sale."),
    ("sold_line", "returned"): N_("This disc has come back already, here or at another till."),
    ("last_document", "earlier_shift"): N_("The last sale belongs to an earlier shift and cannot be voided."),
    ("last_document", "none"): N_("There is no sale to void."),
    ("last_document", "return"): N_("The last document is a return. Only a sale can be voided."),
    ("last_document", "void"): N_("The last sale was voided already."),
    ("print_job", "sending"): N_("This slip is being sent just now. Wait a moment."),
    ("shift", "changed_since_count"): N_("Cash has moved since the drawer was counted. Count it again."),
    ("shift", "closed"): N_("No shift is open. Open one first."),
    ("shift", "left_open"): N_("The shift of an earlier day is still open. Count the drawer and close it first."),
    ("shift", "not_counted"): N_("The drawer has not been counted. Count it first."),
    ("shift", "open"): N_("A shift is open already. Close it before opening another."),
    ("staff", "last_manager"): N_("This is the last manager. Make somebody else a manager first."),
    ("member", "erased"): N_("This member was erased. Register anew if the customer wishes."),
    ("member", "merged"): N_("This member was put together with another one. Find that one."),
    ("member", "suspended"): N_("This member is suspended. A manager can reactivate it."),
    ("member", "active"): N_("This member is active already."),
    ("member_card", "replaced"): N_("This card was replaced and works no longer. Find the member by phone or name."),
    ("voucher", "active"): N_("This voucher is not blocked."),
    ("voucher", "blocked"): N_("This voucher is blocked. Ask a manager."),
    ("voucher", "expired"): N_("This voucher has expired. Pay another way."),
    ("voucher", "spent"): N_("Nothing is left on this voucher. Pay another way."),
    ("want", "settled"): N_("This want is settled already."),
    ("coupon", "needs_member"): N_(
        "This coupon counts for each member: scan the member's card, or press F10, then T, to take the coupon off."
    ),
    ("coupon", "off"): N_("This coupon is not valid now: its price rule is switched off."),
    ("coupon", "used_by_member"): N_(
        "This member has used the coupon as often as it may be used. If it is in the basket, press F10, then T."
    ),
    ("coupon", "used_up"): N_(
        "This coupon is used up. If it is in the basket, press F10, then T, and tell the customer the new total."
    ),
    ("price_rule", "no_coupons"): N_("This rule asks for a coupon, and there is none. Make coupons first."),
    ("price_rule", "over"): N_("The last day of this rule is past. Change its days first."),
    ("price_rule", "unreadable"): N_("What is kept of this rule cannot be read. Write it anew, or take it away."),
}

MISSING: Mapping[str, str] = {
    "backup": N_("There is no backup {key}. Check the name."),
    "barcode": N_("This edition does not bear the barcode {key}."),
    "basket_line": N_("This line is not in the basket any more."),
    "copy": N_("No used copy bears the code {key}. Check the label."),
    "edition": N_("No disc bears the code {key}. Check it, or add the disc to the catalogue."),
    "file": N_("There is no file {key}. Check the name."),
    "held_basket": N_("This basket is not held any more: another till has it, or it was sold."),
    "print_job": N_("This slip waits no longer: it is printed or was dropped."),
    "receipt": N_("There is no receipt {key}. Check the number."),
    "shift": N_("There is no shift {key}."),
    "shop": N_("There is no shop in {key} yet. Set one up with “av-pos init”, or choose another folder."),
    "staff": N_("Nobody here is called {key}."),
    "tax_rate": N_("No tax rate “{key}” holds today. A manager has to choose one in the settings."),
    "basket_return": N_("This return is not in the basket any more."),
    "payment": N_("This payment is not on the sale any more. Look at it again."),
    "sold_line": N_("This line is not on the receipt. Scan it again."),
    "z": N_("The shift {key} has no Z report: it is not closed."),
    "member": N_("There is no member {key}. Check the card or the number."),
    "voucher": N_("There is no voucher {key}. Check the code."),
    "want": N_("This want is not noted any more."),
    "coupon": N_("There is no coupon {key}. Check the code."),
    "price_rule": N_("This price rule is not there any more."),
}

PERMISSIONS: Mapping[str, str] = {
    "sell": N_("Selling"),
    "discount_line": N_("A discount on a line"),
    "discount_basket": N_("A discount on the whole"),
    "override_price": N_("Another price"),
    "round_off": N_("Rounding off"),
    "sell_unknown": N_("Selling an unknown disc"),
    "void_sale": N_("Voiding a sale"),
    "no_sale": N_("Opening the drawer without a sale"),
    "pay_in": N_("Paying cash in"),
    "pay_out": N_("Paying cash out"),
    "open_shift": N_("Opening a shift"),
    "close_shift": N_("Closing a shift"),
    "close_with_difference": N_("Closing with such a difference"),
    "x_report": N_("An X report"),
    "reprint": N_("Printing again"),
    "view_reports": N_("Seeing the reports"),
    "view_cost": N_("Seeing what discs cost"),
    "edit_catalogue": N_("Changing the catalogue"),
    "import_catalogue": N_("Importing a catalogue"),
    "adjust_stock": N_("Changing stock"),
    "edit_settings": N_("Changing settings"),
    "edit_staff": N_("Changing who works here"),
    "backup": N_("Making a backup"),
    "restore": N_("Putting a backup back"),
    "verify": N_("Verifying the books"),
    "view_audit": N_("Reading the log"),
    "serve_members": N_("Serving members"),
    "see_phones": N_("Seeing whole phone numbers"),
    "edit_members": N_("Changing members"),
    "erase_member": N_("Erasing a member"),
    "adjust_points": N_("Changing points by hand"),
    "top_up": N_("Topping up stored value"),
    "pay_out_stored": N_("Paying stored value out"),
    "sell_voucher": N_("Selling a gift card"),
    "block_voucher": N_("Blocking a voucher"),
    "edit_price_rules": N_("Changing price rules"),
    "return_goods": N_("Taking discs back"),
    "return_late": N_("Taking discs back after the last day"),
    "return_unreceipted": N_("Taking discs back without a receipt"),
    "refund_cash": N_("Giving so much cash back"),
    "correct_tender": N_("Correcting how a sale was paid"),
}

TROUBLES: Mapping[str, str] = {
    "PrinterOffline": N_("The printer does not answer. Check that it is on and connected, then retry."),
    "PaperOut": N_("The printer is out of paper. Put in a new roll, then retry."),
    "CoverOpen": N_("The printer's cover is open. Close it, then retry."),
    "PrinterStalled": N_("The printer stopped in the middle. Look whether the slip came out, then retry or drop it."),
    "DrawerUnknown": N_("The drawer may not have opened. Open it with its key."),
    "DeviceError": N_("A device does not work. Check that it is on and connected, then retry."),
    "Interrupted": N_(
        "The program ended while this slip was printing. Look whether it came out, then retry or drop it."
    ),
    "TooLate": N_("The drawer was not opened: it would have been too late."),
    "NoPrinter": N_("No printer is set."),
    "NoDrawer": N_("No drawer is set."),
    "Unreadable": N_("What this slip shows cannot be read. Verify the books."),
}
"""By the name of a device error, or of what else a print job's `trouble` says."""

_PLAIN: Mapping[type[AvPosError], str] = {
    errors.TillInUse: N_("Till {till_id} is open in another window. Go on there, or close it first."),
    errors.AlreadySold: N_("The used copy {code} has been sold already. Take another."),
    errors.Declined: N_("The payment was refused; nothing was taken. Try again or pay another way."),
    errors.OutcomeUnknown: N_(
        "Nobody knows yet whether the payment went through. Ask the provider before trying again."
    ),
    errors.PaymentError: N_("The payment did not work. Try again or pay another way."),
    errors.DiskFull: N_("The disk is full: {path}. Nothing was half done. Make room, then try again."),
    errors.ReadOnly: N_("{path} may not be written. Give this user the right to, then try again."),
    errors.DatabaseLocked: N_("Another program keeps {path} to itself. Close it, then try again."),
    errors.DatabaseTooNew: N_("{path} was written by a newer av_pos. Install that one; nothing was changed."),
    errors.DatabaseDamaged: N_("{path} is damaged. Put the last backup back with “av-pos restore”."),
    errors.StorageError: N_("{path} cannot be read or written ({detail}). Check the disk, then try again."),
    errors.RuleError: N_("That is not possible here."),
    AvPosError: N_("That did not work. Try again."),
}

EXPECTED: Mapping[str, str] = {
    "amount": N_("an amount, such as 68.00"),
    "barcode": N_("a barcode of 6 to 18 digits"),
    "category": N_("music or film"),
    "cells": N_("as many cells as the first row has"),
    "check_digit": N_("a barcode whose check digit is right (or ! before it, if it is meant)"),
    "column": N_("a column of this name"),
    "column_once": N_("this column only once"),
    "date": N_("a date, such as 2026-11-20"),
    "empty": N_("something: it is empty"),
    "fewer_decimals": N_("fewer decimals"),
    "new_barcode": N_("a barcode that no other edition bears (or ! before it, if it is meant)"),
    "new_row": N_("an edition that stands in no row above"),
    "no_shop_code": N_("the maker's barcode, not one of the shop's labels"),
    "not_in_catalogue": N_("an edition that is not in the catalogue yet"),
    "quotes": N_("a closing quotation mark"),
    "shorter_text": N_("a shorter text"),
    "smaller_number": N_("a smaller number"),
    "text_without_nul": N_("a text without signs that no screen shows"),
    "utf8": N_("text in UTF-8"),
    "whole_number": N_("a whole number"),
    "year": N_("a year"),
}
"""What an imported cell should have held; an unknown key is its own word."""


def sentence(error: BaseException, currency: str = "CNY") -> str:
    """Return what happened and what to do next. `currency` (ISO 4217) is that of the amounts an error carries."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words(error, currency)
    if isinstance(error, errors.DeviceError):
        return trouble_sentence(type(error).__name__)
    if isinstance(error, AvPosError):
        return _plain_words(error)
    if isinstance(error, OSError):
        return _plain_words(storage_error(error))
    return _(
        "Something went wrong (number {number}). It is our fault, and stands in the log; the basket is kept."
    ).format(number=number_of(error))


def trouble_sentence(name: str) -> str:
    """Return what to do about a print job's trouble, named by a device error or by the print queue; "" for none."""
    if not name:
        return ""
    return _(TROUBLES.get(name, TROUBLES["DeviceError"]))


def row_sentence(row: RowProblem) -> str:
    """Return what is wrong with one row of an imported file."""
    expected = _(EXPECTED[row.expected]) if row.expected in EXPECTED else row.expected.replace("_", " ")
    where = _("Row {line}, {column}") if row.column else _("Row {line}")
    form = _("{where}: expected {expected}, found “{found}”.") if row.found else _("{where}: expected {expected}.")
    place = where.format(line=row.line, column=shown(row.column))
    return form.format(where=place, expected=expected, found=shown(row.found))


def number_of(error: BaseException) -> str:
    """Return six letters and digits that name a bug: its kind and where it happened."""
    innermost = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in innermost)
    return hashlib.sha256(f"{type(error).__name__}|{where}".encode()).hexdigest()[:6].upper()


def storage_error(error: OSError, path: str = "") -> StorageError:
    """Return what the system said about a file as the error that a manager can act on."""
    kind = DiskFull if error.errno in _FULL else ReadOnly if error.errno in _FORBIDDEN else StorageError
    return kind(path or str(error.filename or ""), error.strerror or str(error))


def shown(value: str, longest: int = _SHOWN) -> str:
    """Return a typed or scanned value as it may stand in a sentence: printable, on one line, not too long."""
    plain = "".join(char if char.isprintable() else "·" for char in value)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _invalid_words(error: InvalidInput, currency: str) -> str:
    form = SPECIAL.get((error.field, error.reason)) or REASONS.get(error.reason) or REASONS["invalid"]
    field = _(FIELDS[error.field]) if error.field in FIELDS else error.field
    return _(form).format(field=field, value=shown(error.value))


def _state_words(error: WrongState, currency: str) -> str:
    form = STATES.get((error.kind, error.state)) or N_("That is not possible now ({kind}: {state}).")
    return _(form).format(kind=error.kind, state=error.state)


def _missing_words(error: NotFound, currency: str) -> str:
    return _(MISSING.get(error.kind, _MISSING)).format(key=shown(error.key, _PATH_SHOWN))


def _permission_words(error: NotPermitted, currency: str) -> str:
    what = _(PERMISSIONS.get(error.permission, _THAT))
    if error.approvable:
        return _("{what} needs a manager. Ask one to approve it here.").format(what=what)
    return _("{what} needs a manager. Ask one to sign in.").format(what=what)


def _limit_words(error: LimitExceeded, currency: str) -> str:
    texts = screen_texts()
    give = texts.rate if error.unit == "bp" else (lambda minor: texts.money(minor, currency))
    what = _(PERMISSIONS.get(error.what, _THAT))
    form = _("{what}: {asked} is more than you may give alone ({limit}). Ask a manager to approve it here.")
    return form.format(what=what, asked=give(error.asked), limit=give(error.limit))


def _floor_words(error: PriceBelowFloor, currency: str) -> str:
    money = screen_texts().money
    form = _("{price} is below the lowest price of this disc, {floor}.")
    return form.format(price=money(error.price_minor, currency), floor=money(error.floor_minor, currency))


def _underpaid_words(error: Underpaid, currency: str) -> str:
    missing = screen_texts().money(error.missing_minor, currency)
    return _("{missing} is still missing. Take the rest, or go back to the basket.").format(missing=missing)


def _import_words(error: ImportProblem, currency: str) -> str:
    count = len({row.line for row in error.rows})
    told = ngettext(
        "{count} row has a mistake; nothing was imported.",
        "{count} rows have mistakes; nothing was imported.",
        count,
    ).format(count=count)
    return f"{told} {row_sentence(error.rows[0])}" if error.rows else told


def _plain_words(error: AvPosError) -> str:
    kind = next(kind for kind in type(error).__mro__ if kind in _PLAIN)
    known = {name: shown(str(value), _PATH_SHOWN) for name, value in vars(error).items()}
    return _(_PLAIN[kind]).format(**{"path": "", "detail": "", **known})


_WORDS: Mapping[type[AvPosError], Callable[[Any, str], str]] = {
    InvalidInput: _invalid_words,
    WrongState: _state_words,
    NotFound: _missing_words,
    NotPermitted: _permission_words,
    LimitExceeded: _limit_words,
    PriceBelowFloor: _floor_words,
    Underpaid: _underpaid_words,
    ImportProblem: _import_words,
}
