"""A customer who tries to see more: the generated vmauth configuration before a real VictoriaMetrics."""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from sla_dashboards import shown_customers

from slo_gen.demo.servers import Server
from slo_gen.outputs.files import write
from slo_gen.outputs.isolation import Isolation, password_variable, render_isolation
from slo_gen.spec.model import Catalogue

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Fence:
    """VictoriaMetrics with data of two customers and of nobody, and vmauth before it."""

    open: Server
    guarded: Server
    mine: str
    other: str

    def ask(self, path: str, body: str | None = None, kind: str = FORM, user: str = "", password: str = "") -> tuple[int, str]:
        """The path is sent as it is, without the tidying that a library would do."""
        connection = http.client.HTTPConnection("127.0.0.1", self.guarded.port, timeout=10)
        login = base64.b64encode(f"{user or self.mine}:{password or 'of-' + self.mine}".encode()).decode()
        try:
            connection.request("GET" if body is None else "POST", path, body, {"Authorization": f"Basic {login}", "Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()


@pytest.fixture(scope="module")
def fence(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fence]:
    directory = tmp_path_factory.mktemp("fence")
    mine, other = shown_customers(catalogue)[:2]
    with Server(
        "victoria-metrics",
        lambda port: [f"-storageDataPath={directory / 'data'}", f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s",
                      "-selfScrapeInterval=0"],
        "/health", directory / "log",
    ) as metrics:
        at = int(time.time() - 10) * 1000
        lines = [f'figure{{slm_customer="{mine}",secret="own"}} 1 {at}', f'figure{{slm_customer="{other}",secret="foreign"}} 2 {at}',
                 f'internal{{secret="foreign-internal"}} 3 {at}']
        for path, data in (("/api/v1/import/prometheus", "\n".join(lines) + "\n"), ("/internal/force_flush", None)):
            urllib.request.urlopen(metrics.url + path, data=data.encode() if data else None, timeout=10).close()
        with pytest.MonkeyPatch.context() as patch:
            for each in shown_customers(catalogue):
                patch.setenv(password_variable(each), f"of-{each}")
            files = render_isolation(catalogue, Isolation("vmauth", metrics.url, "http://vmauth:8427"))
            patch.setenv("SLM_VMAUTH_KEY", "of-the-operator")
            write(files, directory / "out")
            with Server(
                "sh", lambda port: [str(directory / "out/isolation/start-vmauth.sh"), f"-httpListenAddr=127.0.0.1:{port}"],
                "/health", directory / "vmauth.log",
            ) as guarded:
                yield Fence(metrics, guarded, mine, other)


def query(text: str, **more: str) -> str:
    return "/api/v1/query?" + urlencode({"query": text, **more})


def seen(text: str) -> list[str]:
    return sorted(each["metric"]["secret"] for each in json.loads(text)["data"]["result"])


def test_without_the_fence_the_other_customer_would_be_seen(fence: Fence) -> None:
    with urllib.request.urlopen(fence.open.url + query('{secret!=""}'), timeout=10) as answer:
        assert seen(answer.read().decode()) == ["foreign", "foreign-internal", "own"]


def test_each_customer_sees_their_own(fence: Fence) -> None:
    for body in (None, urlencode({"query": "figure"})):
        path = query("figure") if body is None else "/api/v1/query"
        status, text = fence.ask(path, body)
        assert (status, seen(text)) == (200, ["own"])
        status, text = fence.ask(path, body, user=fence.other, password=f"of-{fence.other}")
        assert (status, seen(text)) == (200, ["foreign"])


QUERIES = (
    "figure", '{secret!=""}', '{__name__=~".+"}', 'figure or figure{slm_customer="OTHER"}', '{slm_customer="OTHER"}',
    '{slm_customer=~"OTHER|.*"}', '{slm_customer!=""}', '{slm_customer=""}', "internal", "figure or internal",
    'figure{slm_customer="MINE" or slm_customer="OTHER"}', 'label_set(figure{slm_customer="OTHER"}, "slm_customer", "MINE")',
    'last_over_time({secret=~"foreign.*"}[1h])', "max_over_time(figure[1h:1m])", "figure offset 1s", 'count by (secret) ({secret!=""})',
    'WITH (x = {slm_customer="OTHER"}) x', 'figure{slm_customer="MINE"} or on() internal',
)
WIDENING = (
    {}, {"extra_label": "slm_customer=OTHER"}, {"extra_filters": '{slm_customer="OTHER"}'}, {"extra_filters[]": '{slm_customer=~".*"}'},
    {"extra_label": ""},
)


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("more", WIDENING, ids=lambda more: "+".join(more) or "plain")
def test_no_query_shows_another_customer(fence: Fence, text: str, more: dict[str, str]) -> None:
    def placed(value: str) -> str:
        return value.replace("OTHER", fence.other).replace("MINE", fence.mine)

    asked = {"query": placed(text), **{key: placed(value) for key, value in more.items()}}
    now = int(time.time())
    ranged = {**asked, "start": str(now - 300), "end": str(now), "step": "10"}
    for path, form in (("/api/v1/query", asked), ("/api/v1/query_range", ranged)):
        answers = [fence.ask(f"{path}?{urlencode(form)}"), fence.ask(path, urlencode(form)),
                   fence.ask(f"{path}?{urlencode(more)}", urlencode(form))]
        assert [answer for _, answer in answers if "foreign" in answer.replace("\\", "").replace(asked["query"], "")] == []
        assert {status for status, _ in answers} <= {200, 400, 422}


@pytest.mark.parametrize("path", [
    "/api/v1/series?match[]={secret!=''}", "/api/v1/label/secret/values", "/api/v1/label/slm_customer/values", "/api/v1/labels",
    "/api/v1/label/secret/values?match[]=internal", "/api/v1/label/secret/values?extra_label=slm_customer%3DOTHER",
    "/api/v1/label/__name__/values",
])
def test_the_label_interfaces_show_only_the_own(fence: Fence, path: str) -> None:
    path = quote(path.replace("OTHER", fence.other), safe="/?=&%[]")
    bare, _, form = path.partition("?")
    for status, text in (fence.ask(path), fence.ask(bare, form)):
        assert status == 200
        assert not [word for word in ("foreign", "internal", fence.other) if word in text]


@pytest.mark.parametrize("path", [
    "/", "/metrics", "/federate?match[]=figure", "/api/v1/export?match[]=figure", "/api/v1/export/csv?match[]=figure&format=secret",
    "/api/v1/export/native?match[]=figure", "/api/v1/status/tsdb", "/api/v1/status/active_queries", "/api/v1/status/top_queries",
    "/api/v1/metadata", "/api/v1/rules", "/api/v1/alerts", "/api/v1/targets", "/api/v1/admin/tsdb/delete_series?match[]=figure",
    "/api/v1/import/prometheus", "/api/v1/write", "/write", "/internal/force_flush", "/snapshot/create", "/flags", "/vmui/",
    "/prometheus/api/v1/query?query=figure", "/graphite/metrics/find?query=*", "/debug/pprof/cmdline", "/api/v1/query/",
    "/api/v1/query/../export?match[]=figure", "/api/v1/label/../../v1/export/values", "/api/v1/label/x/../../export?match[]=figure",
    "/api/v1/%2e%2e/v1/export?match[]=figure", "/api/v1/query%2f..%2fexport?match[]=figure", "//federate?match[]=figure",
    "/api/v1/query;/federate", "/api/v1/query%00/federate", "/api/v1/label/%2e%2e/%2e%2e/federate", "/API/V1/QUERY?query=figure",
])
@pytest.mark.parametrize("body", [None, "match[]=figure&query=figure"], ids=["get", "post"])
def test_every_other_path_is_closed(fence: Fence, path: str, body: str | None) -> None:
    status, text = fence.ask(path, body)
    assert status >= 400 or "foreign" not in text
    assert "foreign" not in text
    assert not text.startswith("vm_")


def test_multipart_bodies_and_doubled_parameters_do_not_widen(fence: Fence) -> None:
    parts = f'--x\r\nContent-Disposition: form-data; name="extra_label"\r\n\r\nslm_customer={fence.other}\r\n--x--\r\n'
    answers = [
        fence.ask(query("figure"), parts, "multipart/form-data; boundary=x"),
        fence.ask(query("figure") + f"&extra_label=slm_customer={fence.mine}&extra_label=slm_customer={fence.other}"),
        fence.ask(query("figure") + f"&%65xtra_label=slm_customer%3D{fence.other}"),
        fence.ask(query("figure") + f";extra_label=slm_customer={fence.other}"),
    ]
    assert [text for _, text in answers if "foreign" in text] == []


def test_nobody_gets_in_without_the_right_password(fence: Fence) -> None:
    literal = f"%{{{password_variable(fence.mine)}}}"
    for user, password in ((fence.mine, "wrong"), (fence.mine, literal), (fence.mine, f"of-{fence.other}"), ("nobody", "of-nobody")):
        status, text = fence.ask(query("figure"), user=user, password=password)
        assert status in (400, 401)               # which one depends on the version
        assert "own" not in text
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(fence.guarded.url + query("figure"), timeout=10)


def test_the_names_of_other_customers_are_not_told_by_vmauth_itself(fence: Fence) -> None:
    for path in ("/metrics", "/flags", "/debug/pprof/cmdline"):
        assert fence.other not in fence.ask(path)[1]
    assert fence.other in fence.ask("/metrics?authKey=of-the-operator")[1]


def test_vmauth_does_not_start_while_a_password_is_not_set(catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(render_isolation(catalogue, Isolation("vmauth", "http://127.0.0.1:1", "http://vmauth:8427")), tmp_path / "out")
    first, *others = map(password_variable, shown_customers(catalogue))
    monkeypatch.delenv(first, raising=False)
    for each in (*others, "SLM_VMAUTH_KEY"):
        monkeypatch.setenv(each, "set")
    script = str(tmp_path / "out/isolation/start-vmauth.sh")
    done = subprocess.run(["sh", script, "-dryRun"], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode != 0
    assert f"{first}: holds the password of a customer" in done.stderr
