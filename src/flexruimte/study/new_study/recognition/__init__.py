"""What the files of a folder are: right or asked, never wrong.

`files` finds what can be opened, `looks` opens it, `names` and `fields` hold it against what is
known (`known`, the data in known/*.toml), `rows` and `cells` hold a source against one dataset,
`weighing` against all of them, and `choosing` decides over all sources.
"""
