"""What the files of a folder are: right or asked, never wrong.

`files` finds what can be opened, `looks` opens it, `names` and `fields` hold it against what is
known (`known`, the data in known/*.toml), `weighing` says of one source which dataset it may be and
how sure that is, and `choosing` decides over all of them.
"""
