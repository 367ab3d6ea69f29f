"""Every safety rule taken out, one small change of the code at a time: a tool for developers."""
