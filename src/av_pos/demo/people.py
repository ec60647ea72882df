"""The demo shop's people, its name and address, and the words they type: reasons and notes, in the paper's language."""

from dataclasses import dataclass

from av_pos.domain.permissions import Role


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who may sign in to the demo shop; the PIN is public on purpose."""

    name: str
    role: str
    pin: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is written on the demo shop's paper and typed at its till, in one language."""

    shop_name: str
    shop_lines: str
    footer: str
    regular: str
    damaged: str
    bulk: str
    changed_mind: str
    scanned_wrong: str
    change_for_customer: str
    coins_from_bank: str
    errands: tuple[str, ...]
    count_short: str
    count_over: str
    opening_stock: str
    delivery: str
    arrival: str
    bought_over_counter: str
    card_types: tuple[str, ...]
    has_it_already: str
    skips: str
    taken_over: str
    suspended: str
    gift: str
    by_sight: str
    week_price: str
    rule_names: tuple[str, str, str, str]
    coupon_rule: str
    suppliers: tuple[str, str, str, str]
    supplier_people: tuple[str, str, str, str]
    draft_note: str
    always_there: str


def demo_staff(language: str = "zh_CN") -> tuple[DemoPerson, ...]:
    """Return the manager and the two cashiers of the demo shop, named as a shop of this language would."""
    chinese = language.startswith("zh")
    return (
        DemoPerson("林静" if chinese else "Lin Jing", Role.MANAGER, "2468"),
        DemoPerson("周航" if chinese else "Zhou Hang", Role.CASHIER, "1357"),
        DemoPerson("Emma", Role.CASHIER, "9753"),
    )


DEMO_STAFF = demo_staff()
"""The people of the demo shop as README and the first-run sheet name them."""


def words_of(language: str) -> Words:
    """Return the shop's words in Chinese or, for any other language, in English."""
    return _CHINESE if language.startswith("zh") else _ENGLISH


_CHINESE = Words(
    shop_name="蓝调巷唱片行",
    shop_lines="上海市示例路 29 号\n电话 021-0000-0000",
    footer="拆封后如有质量问题，七日内凭小票退换\n谢谢光临，欢迎再来",
    regular="老顾客",
    damaged="盒子有裂",
    bulk="一次买得多",
    changed_mind="顾客改主意",
    scanned_wrong="扫错了",
    change_for_customer="给顾客换零钱",
    coins_from_bank="银行换来的零钱",
    errands=("快递费", "打印纸", "桶装水", "货运送货费", "灯泡"),
    count_short="找零有误，没查出是哪一单",
    count_over="顾客没等找零就走了",
    opening_stock="期初库存",
    delivery="供应商到货",
    arrival="新品到货",
    bought_over_counter="柜台收购",
    card_types=("银联", "银联", "银联", "Visa", "Mastercard"),
    has_it_already="别人送了一张一样的",
    skips="第三首跳针",
    taken_over="旧会员本转入",
    suspended="电话已停用，会员卡可能丢失",
    gift="帆布袋",
    by_sight="常来的李先生，骑红色自行车",
    week_price="{title} 一周特价",
    rule_names=("会员生日当天 9 折", "周一至周五 爵士黑胶 88 折", "二手 CD 三付二", "满 300 减 30"),
    coupon_rule="黑胶优惠码 85 折",
    suppliers=("晨汐唱片发行", "海雾音像商行", "北巷黑胶进口", "灯塔影碟"),
    supplier_people=("陈经理", "吴小姐", "何先生", "沈姐"),
    draft_note="请先电话确认库存",
    always_there="每周都有人问",
)

_ENGLISH = Words(
    shop_name="Blue Note Lane Records",
    shop_lines="29 Example Road, Shanghai\nTel. 021-0000-0000",
    footer="A faulty disc is exchanged within seven days with this receipt\nThank you, come again",
    regular="Regular customer",
    damaged="Cracked case",
    bulk="Bought many",
    changed_mind="Customer changed their mind",
    scanned_wrong="Scanned the wrong disc",
    change_for_customer="Change for a customer",
    coins_from_bank="Coins from the bank",
    errands=("Courier", "Paper rolls", "Drinking water", "Freight", "Light bulbs"),
    count_short="Wrong change given, not found which sale",
    count_over="Customer left without the change",
    opening_stock="Opening stock",
    delivery="Supplier's delivery",
    arrival="New release",
    bought_over_counter="Bought over the counter",
    card_types=("UnionPay", "UnionPay", "UnionPay", "Visa", "Mastercard"),
    has_it_already="Got the same as a present",
    skips="Skips on the third track",
    taken_over="Taken over from the old list",
    suspended="Phone out of service, the card may be lost",
    gift="Tote bag",
    by_sight="Mr Li, the one with the red bicycle",
    week_price="{title}: price of the week",
    rule_names=(
        "Members' birthday 10 % off",
        "Jazz LPs Monday to Friday 12 % off",
        "Used CDs 3 for 2",
        "Spend 300, get 30 off",
    ),
    coupon_rule="LPs 15 % off with a code",
    suppliers=("Chenxi Morning Discs", "Haiwu Sea Mist Audio", "Beixiang Vinyl Imports", "Dengta Film Discs"),
    supplier_people=("Ms Chen", "Ms Wu", "Mr He", "Ms Shen"),
    draft_note="Please ring to confirm stock",
    always_there="Somebody asks for it every week",
)
