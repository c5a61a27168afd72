"""Execute notebooks headless.

`schedule`: which run, how many at a time, the table, results promoted. `task`: one of them.
`worker`: the process that executes it. `processes`: started, watched, ended. `pages`: what comes of
it, as a page and stored. `finished`: runs found again. `cluster`: the same work, sent elsewhere.
"""
