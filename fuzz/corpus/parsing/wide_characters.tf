a = "é" # x
bb = "👨‍👩‍👧" # y
ccc = "e" # z
