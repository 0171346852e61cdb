// The statistics page: its forms, who may see it, where it stands among the rules, and what becomes of changes. haproxy closes where it
// refuses the page: each such request has its own connection.
using System;
using System.Linq;
using System.Text.Json;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Services;

public sealed class StatsPageTests : CliScenario
{
    private ProxyProcess Proxy(Product product, string page, string rules = "", string log = "") =>
        Start(
            product,
            $$"""
            {{Global}}
            {{HttpDefaults}}
            listen st
                bind 127.0.0.1:${p1}
                {{log}}
                {{rules}}
                {{page}}
            backend be
                server s1 127.0.0.1:${d1} cookie c1
                server s2 127.0.0.1:${d1}
                server s3 127.0.0.1:${d1} disabled
                cookie C insert
            backend other
                server o1 127.0.0.1:${d1} check inter 1h
            """
        );

    private static string Post(string form, string target = "/st", string fields = "") =>
        $"POST {target} HTTP/1.1\r\nHost: example.test\r\n{fields}Content-Length: {form.Length}\r\n\r\n{form}";

    private static string StatusOf(RawClient client, string server) =>
        StatisticsTable.Parse(client.Get("/st;csv").Body)["be", server]["status"];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Csv_is_that_of_show_stat_without_what_only_operators_see(Product product)
    {
        ProxyProcess proxy = Proxy(product, "stats uri /st");
        Response answer = Connect(proxy).Get("/st;csv");
        Assert.Equal("text/plain", answer["content-type"]);
        Assert.Equal("no-cache", answer["cache-control"]);
        var page = StatisticsTable.Parse(answer.Body);
        var command = StatisticsTable.Parse(Ask("show stat"));
        Assert.Equal(command.Columns, page.Columns);
        Assert.Equal(command.Names, page.Names);
        string[] hidden = ["addr", "cookie", "algo"];
        foreach (string name in page.Columns.Where(c => c.Length > 0))
            Assert.Equal(hidden.Contains(name) ? "" : command["be", "s1"][name], page["be", "s1"][name]);
        Assert.Equal("MAINT", page["be", "s3"]["status"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Other_forms(Product product)
    {
        RawClient client = Connect(Proxy(product, "stats uri /st\n    stats show-legends"));
        Response json = client.Get("/st;json");
        Assert.Equal("application/json", json["content-type"]);
        JsonElement first = JsonDocument.Parse(json.Body).RootElement[0][0];
        Assert.Equal("st", first.GetProperty("value").GetProperty("value").GetString());
        Assert.Contains("json-schema.org", client.Get("/st;json-schema").Body, StringComparison.Ordinal);
        Assert.StartsWith("F.2.0.0.pxname.1:KNS:str:st\n", client.Get("/st;typed").Body, StringComparison.Ordinal);
        // legends: what only operators see
        Assert.Equal("c1", StatisticsTable.Parse(client.Get("/st;csv").Body)["be", "s1"]["cookie"]);
        var up = StatisticsTable.Parse(client.Get("/st;up;csv").Body);
        Assert.DoesNotContain("be/s3", up.Names);
        Assert.Equal("UP (2/3)", up["be", "BACKEND"]["status"]);
        Assert.Equal(["be/s1", "be/s2", "be/s3", "be/BACKEND"], StatisticsTable.Parse(client.Get("/st;csv;scope=be").Body).Names);
        Assert.Contains("other/o1", StatisticsTable.Parse(client.Get("/st?scope=t&;csv").Body).Names);
        Response html = client.Get("/statistics");
        Assert.StartsWith("text/html", html["content-type"], StringComparison.Ordinal);
        Assert.Contains("</html>", html.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Head_and_the_next_request(Product product)
    {
        RawClient client = Connect(Proxy(product, "stats uri /st\n    stats refresh 2m"));
        client.Send("HEAD /st;csv HTTP/1.1\r\nHost: a\r\n\r\n");
        Response head = client.ReadResponse(isHead: true);
        Assert.Equal((200, "120"), (head.Status, head["refresh"]));
        Assert.Null(client.Get("/st;csv;norefresh")["refresh"]);
        // what is no such request goes its way
        Assert.Equal(503, client.Ask("PUT /st HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Users_and_their_passwords(Product product)
    {
        ProxyProcess proxy = Proxy(product, "stats auth u:p\n    stats auth v:q\n    stats realm The\\ page");
        Response asked = Connect(proxy).Get("/haproxy?stats");
        Assert.Equal((401, "Basic realm=\"The page\""), (asked.Status, asked["www-authenticate"]));
        // u:q, v:q
        Assert.Equal(401, Connect(proxy).Get("/haproxy?stats", "Authorization: Basic dTpx\r\n").Status);
        Assert.Equal(200, Connect(proxy).Get("/haproxy?stats;csv", "Authorization: Basic djpx\r\n").Status);
        Assert.Equal(503, Connect(proxy).Get("/haproxy").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Its_own_rules(Product product)
    {
        ProxyProcess proxy = Proxy(
            product,
            "stats uri /st\n    stats http-request deny if { url_sub no }\n    stats http-request allow if { url_sub yes }\n"
                + "    stats http-request auth if { url_sub ask }\n    stats http-request auth realm mine if { url_sub mine }"
        );
        Assert.Equal(403, Connect(proxy).Get("/st;no").Status);
        Assert.Equal(200, Connect(proxy).Get("/st;yes;ask;csv").Status);
        Assert.Equal("Basic realm=\"HAProxy Statistics\"", Connect(proxy).Get("/st;ask")["www-authenticate"]);
        Assert.Equal("Basic realm=\"mine\"", Connect(proxy).Get("/st;mine")["www-authenticate"]);
        Assert.Equal(200, Connect(proxy).Get("/st;csv").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_stands_behind_http_request_and_before_redirects(Product product)
    {
        RawClient client = Connect(
            Proxy(
                product,
                "stats uri /st\n    redirect location /elsewhere if { path_beg /st /allowed }",
                "http-request deny if { path /st/deny }\n    http-request allow if { path /allowed /st/allowed }\n"
                    + "    http-request set-path /st if { path /made }\n    http-after-response set-header x-after 1\n"
                    + "    http-response set-header x-response 1"
            )
        );
        Assert.Equal(403, client.Get("/st/deny").Status);
        Response answer = client.Get("/made");
        Assert.Equal((200, "1", null), (answer.Status, answer["x-after"], answer["x-response"]));
        Assert.Equal(200, client.Get("/st/allowed;csv").Status);
        // what is allowed is still redirected
        Assert.Equal((302, "/elsewhere"), (client.Get("/allowed") is var r ? r.Status : 0, r["location"]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Log_lines(Product product)
    {
        using LogCollector log = new();
        RawClient client = Connect(
            Proxy(
                product,
                "stats uri /st\n    stats http-request deny if { url_sub no }",
                log: $"log 127.0.0.1:{log.Port} local0\n    log-format \"%b/%s %TR/%Tw/%Tc/%Tr %ST %ts %HM\""
            )
        );
        client.Get("/st");
        Assert.EndsWith("]: st/<STATS> 0/0/0/0 200 LR GET", log.NextTraffic(), StringComparison.Ordinal);
        client.Ask(Post("s=s1&b=be&action=drain"));
        Assert.EndsWith("]: st/<STATS> 0/0/0/0 303 LR POST", log.NextTraffic(), StringComparison.Ordinal);
        client.Get("/st;no");
        // haproxy tells another status than it sends
        string denied = log.NextTraffic();
        Assert.Contains("]: st/<STATS> 0/0/0/-1 ", denied, StringComparison.Ordinal);
        Assert.EndsWith(product == Product.Baton ? " 403 PR GET" : " 400 PR GET", denied, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sections_have_their_own_page_or_that_of_their_defaults(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            $$"""
            {{HttpDefaults}}
                stats uri /d
                stats realm of-defaults
                stats auth d:d
                stats scope two
            frontend one
                bind 127.0.0.1:${p1}
                default_backend back
            listen two
                bind 127.0.0.1:${p2}
                stats scope .
                stats scope one
            backend back
                stats uri /b
            """
        );
        Assert.Equal("Basic realm=\"of-defaults\"", Connect(proxy).Get("/d")["www-authenticate"]);
        string of = Connect(proxy).Get("/d;csv", "Authorization: Basic ZDpk\r\n").Body;
        Assert.Equal(["two/FRONTEND", "two/BACKEND"], StatisticsTable.Parse(of).Names);
        Assert.Contains("back/BACKEND", StatisticsTable.Parse(Connect(proxy).Get("/b;csv").Body).Names);
        Assert.Equal(503, Connect(proxy, 2).Get("/d").Status);
        Assert.Equal(
            ["one/FRONTEND", "two/FRONTEND", "two/BACKEND"],
            StatisticsTable.Parse(Connect(proxy, 2).Get("/haproxy?stats;csv").Body).Names
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Changes_of_servers(Product product)
    {
        RawClient client = Connect(Proxy(product, "stats uri /st\n    stats admin if { hdr(x-admin) 1 }"));
        string To(string form, string target = "/st")
        {
            Response answer = client.Ask(Post(form, target, "X-Admin: 1\r\n"));
            Assert.Equal(303, answer.Status);
            return answer["location"]!;
        }
        Assert.Equal("/st;st=DENY", client.Ask(Post("s=s1&b=be&action=drain"))["location"]);
        Assert.Equal("no check", StatusOf(client, "s1"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=drain&b=be"));
        Assert.Equal("DRAIN", StatusOf(client, "s1"));
        Assert.Equal("/st;st=DONE", To("s=s1&s=s2&action=maint&b=%23" + NumberOf(client)));
        Assert.Equal(("MAINT", "MAINT"), (StatusOf(client, "s1"), StatusOf(client, "s2")));
        Assert.Equal("/st;st=DONE", To("s=s%31&action=ready&b=be"));
        Assert.Equal("no check", StatusOf(client, "s1"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=stop&b=be"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=start&b=be"));
        Assert.Equal("/st;st=NONE", To("s=s1&action=start&b=be"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=disable&b=be"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=enable&b=be"));
        Assert.Equal("/st;st=NONE", To("s=s1&action=enable&b=be"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=hdown&b=be"));
        Assert.Equal("DOWN", StatusOf(client, "s1"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=hrunn&b=be"));
        Assert.Equal("no check", StatusOf(client, "s1"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=hnolb&b=be"));
        Assert.Equal("NOLB", StatusOf(client, "s1"));
        Assert.Equal("/st;st=NONE", To("s=s1&action=dhlth&b=be"));
        Assert.Equal("/st;st=DONE", To("s=o1&action=dhlth&b=other"));
        Assert.Equal("", StatisticsTable.Parse(client.Get("/st;csv").Body)["other", "o1"]["check_status"]);
        Assert.Equal("/st;st=DONE", To("s=o1&action=ehlth&b=other"));
        Assert.Equal("/st;st=DONE", To("s=s1&action=shutdown&b=be"));
        Assert.Equal("/st;st=PART", To("s=s1&s=nobody&action=ready&b=be"));
        Assert.Equal("/st;st=ERRP", To("s=nobody&action=ready&b=be"));
        Assert.Equal("/st;st=ERRP", To("s=s1&action=dance&b=be"));
        Assert.Equal("/st;st=ERRP", To("s=s1&action=ready&b=nobody"));
        Assert.Equal("/st;st=NONE", To("s=s1&action=ready"));
        Assert.Equal("/st;st=NONE", To(""));
        Assert.Equal("/st;st=DONE?scope=be", To("s=s1&action=ready&b=be", "/st;scope=be"));
        // a form that no buffer holds
        Assert.Equal("/st;st=EXCD", To("s=s1&action=ready&b=be&x=" + new string('x', 20_000)));
    }

    private static string NumberOf(RawClient client) => StatisticsTable.Parse(client.Get("/st;csv").Body)["be", "BACKEND"]["iid"];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_form_may_come_in_pieces(Product product)
    {
        RawClient client = Connect(Proxy(product, "stats uri /st\n    stats admin if TRUE"));
        client.Send("POST /st HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", client.ReadHead(), StringComparison.Ordinal);
        client.Send("8\r\ns=s1&act\r\n");
        client.Send("f\r\nion=drain&b=be&\r\n");
        client.Send("0\r\n\r\n");
        Assert.Equal("/st;st=DONE", client.ReadResponse()["location"]);
        Assert.Equal("DRAIN", StatusOf(client, "s1"));
        // one that is cut off is not carried out
        RawClient leaves = Connect(Proxy(product, "stats uri /st\n    stats admin if TRUE"));
        leaves.Send("POST /st HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\ns=s1&action=maint&b=be&");
        leaves.Dispose();
        Assert.NotEqual("MAINT", StatusOf(client, "s1"));
    }

    [Fact]
    public void Forged_requests_change_nothing()
    {
        RawClient client = Connect(Proxy(Product.Baton, "stats uri /st\n    stats admin if TRUE"));
        string To(string fields) => client.Ask(Post("s=s1&action=drain&b=be", "/st", fields))["location"]!;
        foreach (
            string forged in (string[])
                [
                    "Sec-Fetch-Site: cross-site\r\nOrigin: http://example.test\r\n",
                    "Sec-Fetch-Site: same-site\r\n",
                    "Origin: http://evil.test\r\n",
                    "Origin: http://example.test.evil.test\r\n",
                    "Origin: http://example.test:81\r\n",
                    "Origin: null\r\nReferer: http://example.test/\r\n",
                    "Referer: http://evil.test/?http://example.test/\r\n",
                ]
        )
        {
            Assert.Equal("/st;st=DENY", To(forged));
            Assert.Equal("no check", StatusOf(client, "s1"));
        }
        foreach (
            string own in (string[])
                [
                    "",
                    "Sec-Fetch-Site: same-origin\r\nOrigin: https://public.test\r\n",
                    "Origin: http://example.test\r\n",
                    "Referer: http://Example.Test:80/st\r\n",
                ]
        )
        {
            Assert.Equal("/st;st=DONE", To(own));
            Assert.Equal("DRAIN", StatusOf(client, "s1"));
            client.Ask(Post("s=s1&action=ready&b=be"));
        }
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        RawClient client = Connect(Proxy(Product.Baton, "stats uri /st\n    stats show-node n.1\n    stats show-desc a <b> & c"));
        Response page = client.Get("/st");
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", page["content-security-policy"], StringComparison.Ordinal);
        Assert.Contains("<title>Statistics of n.1</title>", page.Body, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt; &amp; c", page.Body, StringComparison.Ordinal);
        Assert.InRange(page.Body.Length, 10_000, 40_000);
        Assert.DoesNotContain("{{", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "http://",
            page.Body.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        foreach (string kind in (string[])["style", "script"])
        {
            int begin = page.Body.IndexOf($"<{kind}>", StringComparison.Ordinal) + kind.Length + 2,
                end = page.Body.IndexOf($"</{kind}>", StringComparison.Ordinal);
            byte[] bytes = System.Text.Encoding.Latin1.GetBytes(page.Body[begin..end]);
            string hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(bytes));
            Assert.Contains($"{kind}-src 'sha256-{hash}'", page["content-security-policy"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_pages_own_figures_are_those_of_show_stat()
    {
        ProxyProcess proxy = Proxy(Product.Baton, "stats uri /st");
        Response answer = Connect(proxy).Get("/st;live");
        Assert.Equal("application/json", answer["content-type"]);
        JsonElement live = JsonDocument.Parse(answer.Body).RootElement;
        var command = StatisticsTable.Parse(Ask("show stat"));
        JsonElement section = live.GetProperty("sections").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "be");
        string[] columns = [.. live.GetProperty("columns").GetProperty("S").EnumerateArray().Select(c => c.GetString()!)];
        JsonElement row = section.GetProperty("rows")[2];
        for (int i = 0; i < columns.Length && i + 1 < row.GetArrayLength(); i++)
            Assert.Equal(command["be", "s3"][columns[i]], row[i + 1].ToString());
        Assert.False(live.GetProperty("admin").GetBoolean());
        Assert.Contains("<td>be<td>s3<td>MAINT", Connect(proxy).Get("/st;plain").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_servers_hold_nobody_up()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen st
                    bind 127.0.0.1:${p1}
                    stats uri /st
                backend be
                    server-template s 1-10000 127.0.0.1:${d1}
                """
        );
        RawClient slow = Keep(RawClient.Tcp(proxy.Port(), receiveBuffer: 4096));
        slow.Send("GET /st;live HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 20; i++)
            Assert.Equal(200, Connect(proxy).Get("/st;csv;scope=st").Status);
        Response answer = slow.ReadResponse();
        Assert.InRange(answer.Body.Length, 500_000, 1_500_000);
        Assert.Equal(10_001, JsonDocument.Parse(answer.Body).RootElement.GetProperty("sections")[1].GetProperty("rows").GetArrayLength());
        Assert.Equal(200, slow.Get("/st;csv;scope=st").Status);
    }
}
