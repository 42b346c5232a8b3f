"""What Grafana would draw, as static pages: the queries, units, thresholds and colours of compiled dashboards.

``dashboard`` reads their JSON, ``queries`` says what is to be asked, ``frames`` and ``transformations`` make tables of the answers,
``fields`` and ``values`` the texts and colours of figures, ``panels`` and ``page`` the HTML. All of it is pure; whoever calls it asks
the Prometheus and writes the files. What is not known here is an error that names it, since a panel that is left out unseen would be
taken for one that is not there.
"""
