"""A small procedure without fault, whose lines the tests count."""

SOUND = """\
[procedure]
id = "small"
kind = "planned"
name.vi = "Nhỏ"
name.en = "Small"
source = "Quy chế"
tiers = ["province", "commune"]
valid_from = 2026-01-01
valid_to = 2027-01-01

[[step]]
id = "notice"
number = "1"
title.vi = "Thông báo"
title.en = "Notice"
text.vi = \"\"\"
[[step]]
id = "not a step, but text"
\"\"\"
text.en = "Sent."
roles = ["office"]
clause = "1"
evidence = "notices"
deadline = "request + 15 min"
warn = "5 min"
escalate = "5 min"
escalations = 2

[[step]]   # [[step]] in a comment is none
id = "check"
number = "2"
title = { vi = "Kiểm tra", en = "Check" }
roles = ["manager", "dic"]
clause = "2"
evidence = "checks"
deadline = "start - 2 h"
after = ["notice"]
checks = [
    "picture",
    "sound",
]
tiers = ["commune"]
forms = ["summary"]

[[step]]
id = "ready"
number = "3"
roles = ["office"]
clause = "3"
after = ["check"]
deadline = "start - 1 h 30 min"
[step.title]
vi = "Sẵn sàng"
en = "Ready"

[[gate]]
id = "checked"
title.vi = "Đã kiểm tra"
title.en = "Checked"
at = "start - 2 h"
steps = ["check"]
clause = "2"

[[check]]
id = "picture"
title.vi = "Hình"
title.en = "Picture"

[[check]]
id = "sound"
title.vi = "Tiếng"
title.en = "Sound"
"""
