"""Writes the ids that PyPI's tokenizers gives every text of a folder of corpora, as a fixture's cases.

usage: wordpiece.py DATA FOLDER
"""

import argparse
import gzip
import json
from pathlib import Path

from tokenizers import BertWordPieceTokenizer, Tokenizer, normalizers
from tokenizers.models import WordPiece
from tokenizers.normalizers import NFD, Lowercase, StripAccents
from tokenizers.pre_tokenizers import Split


def texts_in(value):
    """Every text in a JSON value; a list of words is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        yield " ".join(value)
    elif isinstance(value, (list, dict)):
        for key in value if isinstance(value, dict) else ():
            yield key
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


def texts_of(path):
    """Every text of a file: JSON, a record a line, or plain lines."""
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rt", encoding="utf-8") as file:
        text = file.read()
    try:
        yield from texts_in(json.loads(text))
        return
    except ValueError:
        pass
    for line in text.split("\n"):
        try:
            yield from texts_in(json.loads(line))
        except ValueError:
            yield line


def whole(vocabulary, *steps):
    """A tokeniser that parts text at blanks alone."""
    model = WordPiece(
        vocabulary, unk_token="[UNK]", continuing_subword_prefix="##", max_input_chars_per_word=100
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = Split(" ", "removed")
    if steps:
        tokenizer.normalizer = normalizers.Sequence(list(steps))
    return tokenizer


def parted(vocabulary, lowercase, strip_accents):
    """BERT's tokeniser, which parts punctuation too and takes special symbols in a text for text."""
    tokenizer = BertWordPieceTokenizer(
        vocabulary, unk_token="[UNK]", clean_text=True, handle_chinese_chars=True,
        strip_accents=strip_accents, lowercase=lowercase, wordpieces_prefix="##",
    )
    tokenizer.encode_special_tokens = True
    return tokenizer


def tokenizers_of(folder):
    """The tokenisers by the names of cases."""
    cased, uncased = (
        WordPiece.read_file(str(folder / f"bert-{name}" / "vocab.txt"))
        for name in ("cased", "uncased")
    )
    return {
        "cased": whole(cased),
        "cased_punct": parted(cased, False, False),
        "uncased": whole(uncased, NFD(), StripAccents(), Lowercase()),
        "uncased_punct": parted(uncased, True, True),
        "uncased_keep_blanks": whole(uncased, Lowercase()),
        "uncased_keep": parted(uncased, True, False),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    tokenizers = tokenizers_of(arguments.data / "vocab")
    seen = set()
    for corpus in sorted(path for path in arguments.data.iterdir() if path.is_dir()):
        if corpus.name in ("vocab", "vectors"):
            continue
        files = sorted(path for path in corpus.rglob("*") if path.is_file())
        texts = {text: None for path in files for text in texts_of(path)}
        texts = [text for text in texts if text not in seen]
        seen.update(texts)
        pieces = dict.fromkeys(tokenizers, 0)
        lines = [{"text": text} for text in texts]
        for name, tokenizer in tokenizers.items():
            encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
            for line, encoding in zip(lines, encoded):
                line[name] = encoding.ids
                pieces[name] += len(encoding.ids)
        path = arguments.folder / f"{corpus.name}_wordpiece.jsonl.gz"
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        counts = ", ".join(f"{name} {count:,}" for name, count in pieces.items())
        print(f"{corpus.name}: {len(files)} files, {len(lines):,} texts; pieces: {counts}")


if __name__ == "__main__":
    main()
