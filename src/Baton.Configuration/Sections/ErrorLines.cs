// errorfile, errorloc, errorloc302, errorloc303, http-error, errorfiles, and the http-errors section. What a proxy comes to
// have for a status is decided once everything is read, for a section may stand behind the line that imports it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class ErrorLines
{
    private static bool Code(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && HttpReplyParser.IsHandled(code);

    private static bool Code(DirectiveContext c, out int code)
    {
        if (Code(c[0], out code))
            return true;
        c.Error($"'{c.Keyword}' : status code '{c[0]}' not handled.", c[0]);
        return false;
    }

    private static void ErrorFileLine(DirectiveContext c)
    {
        if (!c.Expect(2, 2, "<status_code> and <file> as arguments") || !Code(c, out int code))
            return;
        if (ErrorFile.Read(c[1], out string error) is { } response)
            Add(c, code, response);
        else
            c.Error($"'errorfile' : {error}", c[1]);
    }

    private static void ErrorLocation(DirectiveContext c, int status)
    {
        if (!c.Expect(2, 2, "<status_code> and <url> as arguments") || !Code(c, out int code))
            return;
        Add(
            c,
            code,
            Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status} {(status == 302 ? "Found" : "See Other")}\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: {c[1]}\r\n\r\n"
            )
        );
    }

    private static void Add(DirectiveContext c, int code, byte[] message) =>
        c.Proxy.ErrorLines.Add(
            new ErrorLineConfig(
                c.Position,
                new HttpReplyConfig
                {
                    Status = code,
                    Position = c.Position,
                    Payload = HttpReplyPayload.RawFile,
                    Body = message,
                },
                "",
                []
            )
        );

    private static void HttpError(DirectiveContext c)
    {
        var words = new List<string>();
        foreach (Lexing.Word word in c.Arguments)
            words.Add(word.Text);
        var parser = new HttpReplyParser(c.Expressions, c.Diagnostics, c.Position, message => $"http-error : {message}");
        int i = 0,
            before = c.Diagnostics.Errors;
        HttpReplyConfig? reply = parser.Parse(words, ref i, 0);
        if (c.Diagnostics.Errors > before || reply is null)
            return;
        if (i < words.Count)
            c.Error($"http-error : unknown keyword '{words[i]}'{Spelling.Hint(words[i], HttpReplyParser.Words)}.", words[i]);
        else if (!words.Contains("status"))
            c.Error("http-error : expects at least a <status> as arguments.", "http-error");
        else if (!HttpReplyParser.IsHandled(reply.Status))
            c.Error($"http-error : status code '{reply.Status}' not handled.", reply.Status.ToString(CultureInfo.InvariantCulture));
        else
            c.Proxy.ErrorLines.Add(new ErrorLineConfig(c.Position, reply, "", []));
    }

    private static void ErrorFiles(DirectiveContext c)
    {
        if (c.Count == 0)
        {
            c.Error("errorfiles : expects <name> as argument.", "errorfiles");
            return;
        }
        var codes = new int[c.Count - 1];
        for (int i = 0; i < codes.Length; i++)
            if (!Code(c[i + 1], out codes[i]))
            {
                c.Error($"errorfiles : status code '{c[i + 1]}' not handled.", c[i + 1]);
                return;
            }
        c.Proxy.ErrorLines.Add(new ErrorLineConfig(c.Position, null, c[0], codes));
    }

    /// <summary>A line of an http-errors section: errorfile CODE FILE.</summary>
    public static void SectionLine(HttpErrorsConfig section, List<string> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        if (words[0] != "errorfile")
        {
            diagnostics.Error(
                at,
                $"unknown keyword '{words[0]}' in 'http-errors' section{Spelling.Hint(words[0], SectionNames.Openers("errorfile"))}",
                words[0]
            );
            return;
        }
        if (words.Count != 3)
        {
            diagnostics.Error(at, "errorfile: expects <status_code> and <file> as arguments.", words[0]);
            return;
        }
        if (!Code(words[1], out int code))
        {
            diagnostics.Error(at, $"errorfile : status code '{words[1]}' not handled.", words[1]);
            return;
        }
        if (ErrorFile.Read(words[2], out string error) is not { } response)
        {
            diagnostics.Error(at, $"errorfile : {error}", words[2]);
            return;
        }
        section.Replies[code] = new HttpReplyConfig
        {
            Status = code,
            Position = at,
            Payload = HttpReplyPayload.RawFile,
            Body = response,
        };
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("errorfile", SectionKinds.Proxies, ErrorFileLine),
        new("errorloc", SectionKinds.Proxies, c => ErrorLocation(c, 302)),
        new("errorloc302", SectionKinds.Proxies, c => ErrorLocation(c, 302)),
        new("errorloc303", SectionKinds.Proxies, c => ErrorLocation(c, 303)),
        new("http-error", SectionKinds.Proxies, HttpError),
        new("errorfiles", SectionKinds.Proxies, ErrorFiles),
    ];
}
