"""A picture as the tape takes it (§5.2)."""

from __future__ import annotations

import base64
import io

from PIL import Image

#: dots across a tape of 58 mm; wider pictures are scaled down
WIDTH = 384


def two_colours(content: bytes) -> str:
    """Base64 of a two-coloured bmp of the picture in `content`; transparency becomes white.

    :raises ValueError: if it is no picture
    """
    try:
        picture = Image.open(io.BytesIO(content)).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(type(error).__name__) from error
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    if paper.width > WIDTH:
        paper = paper.resize((WIDTH, max(1, round(paper.height * WIDTH / paper.width))))
    output = io.BytesIO()
    paper.convert("1").save(output, "BMP")
    return base64.b64encode(output.getvalue()).decode()
