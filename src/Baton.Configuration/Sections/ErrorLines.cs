// errorfile, errorloc, errorloc302, errorloc303, and the http-errors section.
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ErrorLines
{
    private static readonly int[] Codes = [200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504];

    private static bool Code(DirectiveContext c, out int code)
    {
        if (int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out code) && System.Array.IndexOf(Codes, code) >= 0) return true;
        c.Error($"'{c.Keyword}' : status code '{c[0]}' not handled.", c[0]);
        return false;
    }

    private static void ErrorFile(DirectiveContext c)
    {
        if (!c.Expect(2, 2, "<status_code> and <file> as arguments") || !Code(c, out int code)) return;
        byte[] body;
        try { body = File.ReadAllBytes(c[1]); }
        catch (System.Exception e) when (e is IOException or System.UnauthorizedAccessException) { c.Error($"'errorfile' : error opening file '{c[1]}'.", c[1]); return; }
        if (body.Length > c.Global.BufferSize) { c.Error($"'errorfile' : file '{c[1]}' is larger than tune.bufsize.", c[1]); return; }
        if (body.Length > 0 && !System.MemoryExtensions.StartsWith(body, "HTTP/1."u8)) { c.Error($"'errorfile' : '{c[1]}' does not begin with a status line.", c[1]); return; }
        Set(c, code, body);
    }

    private static void ErrorLocation(DirectiveContext c, int status)
    {
        if (!c.Expect(2, 2, "<status_code> and <url> as arguments") || !Code(c, out int code)) return;
        Set(c, code, Encoding.UTF8.GetBytes($"HTTP/1.1 {status} {(status == 302 ? "Found" : "See Other")}\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: {c[1]}\r\n\r\n"));
    }

    private static void Set(DirectiveContext c, int code, byte[] message)
        => c.Proxy.ErrorReplies[code] = new HttpReplyConfig { Status = code, Payload = HttpReplyPayload.RawFile, Body = message };

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("errorfile", SectionKinds.Proxies, ErrorFile),
        new("errorloc", SectionKinds.Proxies, c => ErrorLocation(c, 302)),
        new("errorloc302", SectionKinds.Proxies, c => ErrorLocation(c, 302)),
        new("errorloc303", SectionKinds.Proxies, c => ErrorLocation(c, 303)),
    ];
}
