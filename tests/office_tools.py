"""What other programs read in the documents: poppler's pdftotext, python-docx, LibreOffice."""

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.table import Table


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page, as pdftotext lays it out."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=data, stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode().split("\f")[:-1]


def pdf_sizes(data: bytes) -> set[tuple[int, int]]:
    """Width and height of the pages, in mm."""
    done = subprocess.run(
        ["pdfinfo", "-l", "-1", "-"], input=data, stdout=subprocess.PIPE, check=True
    )
    lines = [line.split() for line in done.stdout.decode().splitlines() if " size:" in line]
    sizes = [(line[3], line[5]) for line in lines if line[0] == "Page"]
    return {(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in sizes}


def opened(data: bytes) -> Document:
    return docx.Document(BytesIO(data))


def docx_text(data: bytes) -> str:
    """All paragraphs, also those in tables, in no particular order."""
    document = opened(data)
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        texts += cells(table)
    return "\n".join(texts)


def cells(table: Table) -> list[str]:
    return [cell.text for row in table.rows for cell in row.cells]


def one_line(text: str) -> str:
    """Without the breaks of lines, which are the printer's."""
    return " ".join(text.split())


def as_pdf(data: bytes, folder: Path) -> bytes:
    """The DOCX as LibreOffice prints it."""
    (folder / "paper.docx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run(
        [*command, str(folder / "paper.docx")], check=True, stdout=subprocess.DEVNULL, timeout=120
    )
    return (folder / "paper.pdf").read_bytes()


def document_xml(data: bytes) -> bytes:
    """The body of a DOCX, whose zip has the hour it was packed in."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return packed.read("word/document.xml")
