//! Text that has broken other programs, in the manner of the "big list of naughty strings": each kind once.

/// No text is a part of another one, so that each can be found alone.
pub const HOSTILE: [&str; 40] = [
    // what a database, a shell, a template or a format string would run
    "'; DROP TABLE events; --",
    "\" OR 1=1 /*",
    "$(touch owned) `id`",
    "%s%n%x {0} ${7*7} {{8*8}} <%= 9*9 %>",
    "../../../../etc/passwd",
    "\\u0000 \\x41 %00 %2e%2e",
    // what a page would run
    "<script>window.owned=1</script>",
    "<img src=x onerror=window.owned=2>",
    "\"><svg/onload=window.owned=3>",
    "javascript:window.owned=4",
    "<iframe srcdoc='<script>parent.owned=5</script>'></iframe>",
    "</textarea></style><b>bold</b>",
    "<a href=\"https://example.com\">link</a>",
    "&lt;i&gt; &amp;amp; &#x3c;u&#x3e;",
    "<![CDATA[ ]]> <!-- -- >",
    "{@html 'window.owned=6'} {#if 1}",
    // what a spreadsheet would run
    "=HYPERLINK(\"https://example.com\",\"A\")",
    "+SUM(1;1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C notepad'!A0",
    "@SUM(2+2)",
    "\t=3+3",
    "＝4+4",
    "a,b;c\td\"e\"",
    // what turns, hides or grows
    "שלום עליכם",
    "مرحبا بالعالم",
    "\u{202e}txt.exe\u{202c}",
    "zero\u{200b}width\u{feff}joined\u{2060}",
    "Z̸̢͉a̷͎͠l̴̰̅g̶̟̈o̵̲͋",
    "e\u{301} is not é, ﬁ is no fi",
    "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳👍🏽",
    "𠜎𠜱𠝹𡁻 𝕳𝖊𝖑𝖑𝖔",
    "ﷺ﷽﷽﷽",
    "İstanbul ıI ß ẞ ſ",
    "\u{2028}line\u{2029}paragraph",
    "two\nlines\r\nof it",
    "nul\u{0}inside",
    "\u{1b}[31mred\u{7}bell",
    "\u{fffd}\u{fffe}\u{d7ff}",
    "null undefined NaN true 0x10 1e1000",
    "　全角　空格　",
];
