# The other end of an upload. In: a record a line, {"batch":3,"place":1,"reading":{...},"size":20}. Out: what was made of
# it, a line for each. A batch with a reading of no known site is refused as a whole: exit 1.
function field(name, rest) {
  if (!match($0, "\"" name "\":(\"[^\"]*\"|[-0-9.e]+)")) return ""
  rest = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
  gsub(/"/, "", rest)
  return rest
}
{
  sensor = field("sensor")
  celsius = field("celsius") + 0
  if (sensor !~ /^(north|south|lab)-[0-9]+$/) {
    print "no such site: " sensor > "/dev/stderr"
    exit 1
  }
  head = "{\"batch\":" field("batch") ",\"place\":" field("place")
  if (celsius < -40 || celsius > 60) {
    lines[NR] = head ",\"accepted\":false,\"reason\":\"out of range\"}"
  } else {
    lines[NR] = head ",\"accepted\":true,\"receipt\":\"" sensor "/" field("batch") "." field("place") "\"}"
  }
}
END {
  for (i = 1; i in lines; ++i) print lines[i]
}
