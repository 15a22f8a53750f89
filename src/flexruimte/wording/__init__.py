"""Texts for readers, in Dutch and in English.

The texts lie in `messages/<language>/*.ftl`, in Project Fluent's format; `messages` reads them.
`labels` has the words of the vocabulary, `quantities` writes numbers, units, dates and lists.
"""
