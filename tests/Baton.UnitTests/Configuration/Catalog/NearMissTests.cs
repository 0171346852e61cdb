// A word that is nearly one of those that may stand in its place: the message asks for the right one, whatever the place.
using System.Linq;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Configuration.Catalog;

public class NearMissTests
{
    private const string Front = "frontend f\n  mode http\n  bind :1\n  ",
        Back = "backend b\n  mode http\n  ";

    [Theory]
    [InlineData("globl", "global")]
    [InlineData(Front + "x 1\nbackedn b", "backend")]
    [InlineData("global\n  mxconn 10", "maxconn")]
    [InlineData("global\n  stats socket /s levl admin", "level")]
    [InlineData("global\n  stats socket /s level admn", "admin")]
    [InlineData("global\n  default-path confg", "config")]
    [InlineData("global\n  unix-bind mod 600", "mode")]
    [InlineData("global\n  master-worker no-exit-on-failre", "no-exit-on-failure")]
    [InlineData(Front + "mode htp", "http")]
    [InlineData(Front + "no optoin httplog", "option httplog")]
    [InlineData(Front + "timeout clint 5s", "timeout client")]
    [InlineData(Front + "bind :2 acept-proxy", "accept-proxy")]
    [InlineData(Front + "http-request dney", "deny")]
    [InlineData(Front + "http-request deny staus 403", "status")]
    [InlineData(Front + "http-request redirect locaton /", "location")]
    [InlineData(Front + "http-request redirect location / cod 301", "code")]
    [InlineData(Front + "http-request set-log-level slient", "silent")]
    [InlineData(Front + "http-request set-timeout sever 3s", "server")]
    [InlineData(Front + "http-request normalize-uri path-merge-slases", "path-merge-slashes")]
    [InlineData(Front + "http-request set-var(tnx.a) str(b)", "txn")]
    [InlineData(Front + "http-request set-header X %[src,lowr]", "lower")]
    [InlineData(Front + "http-request set-header X %[req.hrd(a)]", "req.hdr")]
    [InlineData(Front + "log-format %hrz", "hr")]
    [InlineData(Front + "acl a path -m fond", "found")]
    [InlineData(Front + "acl local src 10.0.0.1\n  http-request deny if loacl", "local")]
    [InlineData(Front + "http-request deny if METH_PSOT", "METH_POST")]
    [InlineData(Front + "log stdout format ras local0", "raw")]
    [InlineData(Front + "log stdout format raw locl0", "local0")]
    [InlineData(Front + "log stdout local0 notce", "notice")]
    [InlineData(Front + "log stdout fromat raw local0", "format")]
    [InlineData(Front + "option forwardfor exept 1.2.3.4", "except")]
    [InlineData(Front + "capture request heder Host len 10", "header")]
    [InlineData(Front + "declare capture reqest len 10", "request")]
    [InlineData(Front + "http-error staus 503", "status")]
    [InlineData(Back + "balance roundrobn", "roundrobin")]
    [InlineData(Back + "http-reuse safee", "safe")]
    [InlineData(Back + "hash-type consistnt", "consistent")]
    [InlineData(Back + "hash-type map-based crc23", "crc32")]
    [InlineData(Back + "cookie x insrt", "insert")]
    [InlineData(Back + "retry-on conn-failre", "conn-failure")]
    [InlineData(Back + "persist rdp-cookei", "rdp-cookie")]
    [InlineData(Back + "server s 10.0.0.1:1 wieght 3", "weight")]
    [InlineData(Back + "server s 10.0.0.1:1 init-addr lisc", "libc")]
    [InlineData(Back + "server s 10.0.0.1:1 send-proxy-v2 proxy-v2-options uniqe-id", "unique-id")]
    [InlineData("userlist u\n  usr a password b", "user")]
    [InlineData("userlist u\n  user a pasword b", "password")]
    [InlineData("http-errors e\n  errorfil 503 /x", "errorfile")]
    [InlineData(".iff true", ".if")]
    public void The_word_that_was_meant_is_named(string text, string meant)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        loader.LoadOnly(text + "\n", "near.cfg");
        Assert.Contains(loader.Diagnostics.All, d => d.Severity == Severity.Alert && d.Message.Contains($"did you mean '{meant}' maybe ?"));
    }

    [Theory]
    [InlineData(Front + "mode zzzzz")]
    [InlineData(Front + "http-request deny if nothing-like-it")]
    [InlineData(Back + "cookie x qqqqqq")]
    public void Nothing_is_asked_where_nothing_is_near(string text)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        loader.LoadOnly(text + "\n", "far.cfg");
        Assert.DoesNotContain(loader.Diagnostics.All, d => d.Message.Contains("did you mean"));
        Assert.Contains(loader.Diagnostics.All, d => d.Severity == Severity.Alert);
    }
}
