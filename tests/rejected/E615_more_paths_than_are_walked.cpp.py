"""Eight services with three outcomes each are 6,561 paths."""
from parallel import source

print("// [gesta E615] the Choreography has more paths, or longer ones, than are walked while compiling; split it at an event that completes one and begins another, or make it a saga")
print("// in choreography_too_large<false, fan>")
print(source(8))
