// Maps: every way of matching, defaults, typed values; and their entries changed by the runtime API.
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class MapTests : Scenario
{
    private string Map(string name, string content)
    {
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, content);
        return path;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Every_way_of_matching(Product product)
    {
        string text = Map("text", "# comment\n  a  first value \nab second\n\nb 7\nexample.com dom\n"),
            numbers = Map("numbers", "b 7\n");
        string ip = Map("ip", "10.0.0.0/8 ten\n10.1.0.0/16 ten-one\n2001:db8::/32 six\n"),
            regex = Map("regex", "^/a(.*)$ x-\\1-y\n"),
            ranges = Map("ranges", "1:10 low\n11 high\n");
        RawClient client = Connect(
            Start(
                product,
                $$"""
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain lf-string "%[str(a),map({{text}})]|%[str(abc),map_beg({{text}})]|%[str(b),map_str_int({{numbers}}),add(1)]|%[str(zz),map({{text}},dflt)]|%[str(zz),map({{text}})]|%[str(10.1.2.3),map_ip({{ip}})]|%[ipv6(2001:db8::1),map_ip({{ip}})]|%[str(/abc),map_regm({{regex}})]|%[str(/abc),map_reg({{regex}})]|%[int(5),map_int({{ranges}})]|%[int(11),map_int({{ranges}})]|%[str(www.example.com),map_dom({{text}})]|%[str(xxb),map_end({{text}})]"
                """
            )
        );
        Assert.Equal("first value|second|8|dflt||ten-one|six|x-bc-y|x-\\1-y|low|high|dom|7", client.Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_change_entries(Product product)
    {
        string file = Map("changed", "/a one\n");
        RawClient client = Connect(
            Start(
                product,
                $$"""
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-map({{file}}) %[path] "%[query] x" if { query -m found }
                    http-request del-map({{file}}) %[path] if METH_DELETE
                    http-request return status 200 content-type text/plain lf-string "%[path,map({{file}},none)]"
                """
            )
        );
        Assert.Equal("one", client.Get("/a").Body);
        Assert.Equal("2 x", client.Get("/a?2").Body);
        Assert.Equal("2 x", client.Get("/a").Body);
        Assert.Equal("none", client.Get("/new").Body);
        Assert.Equal("3 x", client.Get("/new?3").Body);
        Assert.Equal("3 x", client.Get("/new").Body);
        client.Send("DELETE /new HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("none", client.ReadResponse().Body);
        Assert.Equal("none", client.Get("/new").Body);
        Assert.Equal("2 x", client.Get("/a").Body);
    }
}
