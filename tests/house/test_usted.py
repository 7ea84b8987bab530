"""Spanish pages speak to people with usted, everywhere: a page with tú beside one with usted reads like two houses."""

from __future__ import annotations

import re

from tools import words

# Forms that are only tú. Imperatives of tú are also third persons ("espera"), so they count at the start of a sentence.
ALONE = re.compile(
    r"\b(tú|tus|tuy[oa]s?|contigo|puedes|puedas|tienes|tengas|quieres|quieras|debes|haces|sabes|eres|estás|verás|podrás"
    r"|tendrás|necesitas|\w{3,}(?:aste|iste)(?<!baste)(?<!existe)(?<!insiste)|déjal[oa]s?|dal[oa]s?|hazl[oa]|muéstral[oa]"
    r"|inténtal[oa]|ábrel[oa]|escríbel[oa]|se te)\b",
    re.IGNORECASE,
)
AT_THE_START = re.compile(
    r"(?:^|[.:;!?] )(Abre|Añade|Busca|Comprueba|Corrige|Descarga|Di|Ejecuta|Elige|Escribe|Haz|Importa|Indica|Intenta"
    r"|Introduce|Marca el|Mira|Pide|Pon|Pregunta|Pulsa|Quita|Revisa|Selecciona|Sube|Vuelve a)\b"
)
FINE = frozenset({"existe", "consiste", "resiste", "gaste"})


def said_with_tu(text: str) -> list[str]:
    """The words of a text that only somebody who says tú writes."""
    found = [match[1] for match in ALONE.finditer(text) if match[1].lower() not in FINE]
    return found + [match[1] for match in AT_THE_START.finditer(text)]


class TestSpanish:
    def test_says_usted_on_every_page(self) -> None:
        told = {
            message.id: said
            for message in words.read_language("es")
            for text in ((message.string,) if isinstance(message.string, str) else message.string)
            if (said := said_with_tu(text))
        }
        assert told == {}

    def test_would_notice_tu(self) -> None:
        assert said_with_tu("Tú abriste el canal. Mira antes algunos.") == ["Tú", "abriste", "Mira"]
        assert said_with_tu("Ya existe; el correo espera. Elija otro.") == []
