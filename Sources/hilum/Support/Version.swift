/// As in CHANGELOG.md; reports carry it as Software Versions (0018,1020).
let hilumVersion = "0.1.0"
