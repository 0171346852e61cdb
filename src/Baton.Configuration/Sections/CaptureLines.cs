// capture request|response header, capture cookie, declare capture.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class CaptureLines
{
    private static bool Length(DirectiveContext c, int at, out int length)
    {
        length = 0;
        if (
            at + 1 < c.Count
            && c[at] == "len"
            && int.TryParse(c[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length > 0
        )
            return true;
        c.Error($"'{c.Keyword}' expects 'len' and a positive number.", at < c.Count ? c[at] : c.Keyword);
        return false;
    }

    private static void Cookie(DirectiveContext c)
    {
        if (Length(c, 1, out int length))
            c.Proxy.CookieCapture = (c[0], length);
    }

    /// <summary>capture request|response header NAME len N.</summary>
    private static DirectiveParser Header(Func<ProxyConfig, List<(string, int)>> captures) =>
        c =>
        {
            if (c[0] != "header")
            {
                c.Error($"'{c.Keyword}' expects 'header <header_name> len <len>'{Spelling.Hint(c[0], "header")}.", c[0]);
                return;
            }
            if (Length(c, 2, out int length))
                captures(c.Proxy).Add((c[1], length));
        };

    /// <summary>declare capture request|response len N: a slot that rules fill.</summary>
    private static void Declare(DirectiveContext c)
    {
        if (c[0] is not ("request" or "response"))
        {
            c.Error($"'declare capture' expects 'request' or 'response'{Spelling.Hint(c[0], "request", "response")}.", c[0]);
            return;
        }
        if (Length(c, 1, out int length))
            (c[0] == "request" ? c.Proxy.RequestCaptures : c.Proxy.ResponseCaptures).Add(("", length));
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("capture cookie", SectionKinds.Frontends, Cookie),
        new("capture request header", SectionKinds.Frontends, Header(p => p.RequestCaptures)),
        new("capture response header", SectionKinds.Frontends, Header(p => p.ResponseCaptures)),
        new("declare capture", SectionKinds.Frontends, Declare),
    ];
}
