"""Run by gdb: prints the local variables of each function of a program that calls `stop`, and of each `app` its log."""
import gdb

for setting in ("pagination off", "width 0", "height 0", "confirm off", "print pretty on", "print static-members off", "print elements 30",
                "print symbol off", "print inferior-events off", "print thread-events off"):
    gdb.execute(f"set {setting}")
gdb.Breakpoint("shown::stop").silent = True
gdb.execute("run", to_string=True)
while gdb.selected_inferior().pid:
    where = gdb.newest_frame().read_var("where").string()
    gdb.newest_frame().older().select()
    gdb.write(f"---- {where}\n{gdb.execute('info locals', to_string=True)}")
    if "app = " in gdb.execute("info locals", to_string=True):
        gdb.write("log: " + gdb.execute("output app.engine_.log_", to_string=True) + "\n")
        if "memory_log" in str(gdb.parse_and_eval("app")["engine_"]["log_"].type.strip_typedefs()):
            gdb.write("records: " + gdb.execute("output app.engine_.log_.records_", to_string=True) + "\n")
    gdb.execute("continue", to_string=True)
gdb.write("---- ended\n")
