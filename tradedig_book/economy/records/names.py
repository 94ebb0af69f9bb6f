"""Invented company names, in Chinese and in English.

No name can be that of a real firm. Every place is invented, and places and fancy names are
spelled with rare characters that occur in no name of a Chinese province, prefecture or
county. Trade words and legal forms are ordinary words.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Words = NDArray[np.object_]

PLACE_FIRST = "霂mu 骕su 翀chong 湉tian 珩heng 璩qu 畹wan 祾ling 禛zhen 箐qing 粼lin 翯he"
PLACE_SECOND = "旸yang 漪yi 琚ju 琬wan 竑hong 笙sheng 莜you 蓁zhen 蘅heng 谧mi 霏fei 鸢yuan"
SYLLABLES = (
    "箬ruo 珧yao 骦shuang 晅xuan 昉fang 滢ying 玟wen 珺jun 琰yan 瑀yu 瑢rong 玥yue 珒jin "
    "琮cong 璟jing 璠fan 祎yi 秾nong 簌su 纾shu 缦man 缨ying 翊yi 翎ling 翾xuan 芃peng "
    "苒ran 荇xing 荻di 菡han 葳wei 蕤rui 裴pei 赟yun 郗xi 酡tuo 铄shuo 霁ji 韫yun 颀qi"
)
MAKING = (
    "电子Electronics 机械Machinery 纺织Textile 服装Garments 塑料Plastics 五金Hardware "
    "化工Chemicals 家具Furniture 玩具Toys 陶瓷Ceramics 皮革Leather 电器Appliances "
    "仪表Instruments 橡胶Rubber 玻璃Glass 食品Foods 模具Moulds 包装Packaging "
    "轴承Bearings 灯饰Lighting"
)
TRADING = (
    "贸易Trading 进出口Import_&_Export 国际贸易International_Trading 外贸Foreign_Trade 商贸Commerce"
)
LEGAL_FORMS = ("厂", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
LEGAL_FORMS_EN = ("Factory", "Co., Ltd.", "Co., Ltd.", "Co., Ltd.", "Group Co., Ltd.")
FACTORY, LIMITED, SHARES = 0, 1, 3
CITY, UNBRACKETED, BRACKETED, PLACELESS = range(4)
NO_PART = -1


def inventory(text: str) -> tuple[Words, Words]:
    """Return the Chinese and the Latin halves of words such as ``箬ruo``, an underline a space."""
    pairs = [word.replace("_", " ") for word in text.split()]
    split = [next(i for i, letter in enumerate(word) if letter.isascii()) for word in pairs]
    chinese = [word[:i] for word, i in zip(pairs, split, strict=True)]
    latin = [word[i:] for word, i in zip(pairs, split, strict=True)]
    return np.array(chinese, dtype=object), np.array(latin, dtype=object)


def places() -> tuple[Words, Words]:
    """Return the invented places, in Chinese and in Latin letters."""
    first, second = inventory(PLACE_FIRST), inventory(PLACE_SECOND)
    chinese, latin = ((one[:, None] + two).ravel() for one, two in zip(first, second, strict=True))
    return chinese, np.array([word.capitalize() for word in latin], dtype=object)


def trades() -> tuple[Words, Words]:
    """Return the trade words: first those of makers, then those of traders."""
    return inventory(f"{MAKING} {TRADING}")


def chinese_names(parts: pd.DataFrame) -> Words:
    """Return official Chinese names: place, fancy name, trade word, legal form.

    Parameters
    ----------
    parts : ``place``, ``first``, ``second``, ``third`` (syllables; no third is -1), ``tag``
        (a mark of two letters and a digit, or -1), ``trade``, ``form`` and ``style``:
        place with 市, place alone, place in brackets after the fancy name, or no place
    """
    fancy = _tag(parts) + _syllables(parts, 0)
    place = places()[0][parts["place"]]
    style = parts["style"].to_numpy()
    city = place + np.where(style == CITY, "市", "").astype(object)
    front = np.where(style <= UNBRACKETED, city + fancy, fancy)
    front = np.where(style == BRACKETED, fancy + "（" + place + "）", front)
    form = np.array(LEGAL_FORMS, dtype=object)[parts["form"]]
    names: Words = front + trades()[0][parts["trade"]] + form
    return names


def english_names(parts: pd.DataFrame) -> Words:
    """Return official English names: the romanised Chinese name and its translated words."""
    style, tag = parts["style"].to_numpy(), _tag(parts)
    place = np.where(style == PLACELESS, "", places()[1][parts["place"]] + " ")
    tag = np.where(tag == "", "", tag + " ")
    form = np.array(LEGAL_FORMS_EN, dtype=object)[parts["form"]]
    names: Words = place + tag + latin_fancy(parts) + " " + trades()[1][parts["trade"]] + " " + form
    return names


def latin_fancy(parts: pd.DataFrame) -> Words:
    """Return the romanised fancy names, such as Ruoyaoshuang."""
    latin = _syllables(parts, 1)
    return np.array([word.capitalize() for word in latin], dtype=object)


def _syllables(parts: pd.DataFrame, script: int) -> Words:
    """Return the fancy names in one script, 0 Chinese or 1 Latin."""
    syllables = np.append(inventory(SYLLABLES)[script], "")  # so that -1 is no syllable
    first, second, third = (syllables[parts[place]] for place in ("first", "second", "third"))
    words: Words = first + second + third
    return words


def _tag(parts: pd.DataFrame) -> Words:
    """Return marks such as KV7, or nothing."""
    letters = np.array([chr(code) for code in range(ord("A"), ord("Z") + 1)], dtype=object)
    tag = parts["tag"].to_numpy()
    rest, digit = np.divmod(np.maximum(tag, 0), 10)
    digits = np.array(list("0123456789"), dtype=object)
    marks: Words = letters[rest // 26] + letters[rest % 26] + digits[digit]
    return np.where(tag == NO_PART, "", marks)
