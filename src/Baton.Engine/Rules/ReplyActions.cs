// return, deny, allow, redirect.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Rules;

/// <summary>http-request return: an answer made here.</summary>
internal sealed class ReturnAction : RuleAction
{
    private readonly int _status = 200;
    private readonly byte[] _body = [];
    private readonly FormattedText? _format;
    private readonly string? _contentType;
    private readonly List<(byte[] Name, FormattedText Value)> _headers = [];

    public ReturnAction(RuleConfig rule)
    {
        foreach ((ActionOptionSpec option, Argument[] a) in rule.Options)
        {
            switch (option.Name)
            {
                case "status": _status = (int)a[0].Number; break;
                case "content-type": _contentType = a[0].Text; break;
                case "string": _body = Encoding.UTF8.GetBytes(a[0].Text); break;
                case "file": _body = File.ReadAllBytes(a[0].Text); break;
                case "lf-string": _format = new FormattedText((LogFormatConfig)a[0].Value!); break;
                case "hdr": _headers.Add((Encoding.ASCII.GetBytes(a[0].Text), new FormattedText((LogFormatConfig)a[1].Value!))); break;
            }
        }
    }

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> all = stream.Worker.Scratch.TextSpan;
        Span<byte> bodyArea = all[32768..48000];
        ReadOnlySpan<byte> body = _format is null ? _body : bodyArea[.._format.Write(stream, bodyArea)];
        var reply = new ReplyWriter(all[48000..]);
        reply.Status(_status);
        foreach ((byte[] name, FormattedText value) in _headers) reply.Header(name, value, stream);
        reply.Header("content-length"u8, body.Length);
        if (_contentType is not null && body.Length > 0) reply.Header("content-type"u8, _contentType);
        stream.Answer(reply.Finish(body), TerminationCause.Local);
        return Verdict.Answered;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "return", ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse, Final = true, Summary = "answers the request here", Build = r => new ReturnAction(r),
            Options =
            [
                new("status", [new(ArgumentKind.Status, "code")]), new("content-type", [new(ArgumentKind.String, "type")]), new("string", [new(ArgumentKind.String, "text")]),
                new("lf-string", [new(ArgumentKind.Format, "fmt")]), new("file", [new(ArgumentKind.File, "path")]), new("hdr", [new(ArgumentKind.String, "name"), new(ArgumentKind.Format, "fmt")], true),
            ],
        },
        new()
        {
            Name = "deny", ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse, Final = true, Summary = "refuses the request", Build = r => new DenyAction(r),
            Options = [new("status", [new(ArgumentKind.Status, "code")]), new("deny_status", [new(ArgumentKind.Status, "code")])],
        },
        new()
        {
            Name = "tarpit", ValidIn = RuleSets.HttpRequest, Final = true, Summary = "refuses the request after a while", Build = r => new TarpitAction(r),
            Options = [new("status", [new(ArgumentKind.Status, "code")]), new("deny_status", [new(ArgumentKind.Status, "code")])],
        },
        new() { Name = "allow", ValidIn = RuleSets.AnyHttp, Final = true, Summary = "ends the rules", Build = _ => new AllowAction() },
    ];
}

internal sealed class AllowAction : RuleAction
{
    public override Verdict Run(HttpStream stream) => Verdict.Stop;
}

/// <summary>http-request tarpit: refuses after "timeout tarpit", so that a flood costs its sender something.</summary>
internal sealed class TarpitAction(RuleConfig rule) : RuleAction
{
    private readonly int _status = rule.Options.Count > 0 ? (int)rule.Options[^1].Arguments[0].Number : 500;

    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        stream.Tarpit(_status);
        return Verdict.Answered;
    }
}

internal sealed class DenyAction(RuleConfig rule) : RuleAction
{
    private readonly int _status = rule.Options.Count > 0 ? (int)rule.Options[^1].Arguments[0].Number : rule.RuleSet == RuleSets.HttpResponse ? 502 : 403;

    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        stream.AnswerError(_status, TerminationCause.Proxy);
        return Verdict.Answered;
    }
}

/// <summary>redirect location|prefix|scheme TO [code N] [drop-query] [append-slash] [ignore-empty] [set-cookie C].</summary>
internal sealed class RedirectAction : RuleAction
{
    private readonly string _kind = "";
    private readonly FormattedText _to = null!;
    private readonly int _code = 302;
    private readonly bool _dropQuery, _appendSlash;
    private readonly string? _cookie;

    public RedirectAction(RuleConfig rule)
    {
        foreach ((ActionOptionSpec option, Argument[] a) in rule.Options)
        {
            switch (option.Name)
            {
                case "location" or "prefix" or "scheme": _kind = option.Name; _to = new FormattedText((LogFormatConfig)a[0].Value!); break;
                case "code": _code = int.Parse(a[0].Text, CultureInfo.InvariantCulture); break;
                case "drop-query": _dropQuery = true; break;
                case "append-slash": _appendSlash = true; break;
                case "set-cookie": _cookie = a[0].Text + "; path=/;"; break;
            }
        }
    }

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> all = stream.Worker.Scratch.TextSpan;
        Span<byte> area = all[32768..48000];
        int at = 0;
        MessageHead head = stream.RequestHead;
        if (_kind == "scheme")
        {
            at = _to.Write(stream, area);
            at += Copy("://"u8, area[at..]);
            int host = head.Find(HeaderId.Host);
            if (host >= 0) at += Copy(head.Field(host).ValueSpan, area[at..]);
            at += Copy(_dropQuery ? head.Path : head.PathAndQuery, area[at..]);
        }
        else
        {
            at = _to.Write(stream, area);
            if (_kind == "prefix")
            {
                at += Copy(head.Path, area[at..]);
                if (_appendSlash && (at == 0 || area[at - 1] != '/')) area[at++] = (byte)'/';
                if (!_dropQuery && head.HasQuery) { area[at++] = (byte)'?'; at += Copy(head.Query, area[at..]); }
            }
        }
        var reply = new ReplyWriter(all[48000..]);
        reply.Status(_code);
        reply.Header("content-length"u8, 0);
        reply.Header("location"u8, area[..at]);
        if (_code is 302 or 303 or 307) reply.Header("cache-control"u8, "no-cache"u8);
        if (_cookie is not null) reply.Header("set-cookie"u8, _cookie);
        stream.Answer(reply.Finish(default), TerminationCause.Local);
        return Verdict.Answered;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int n = Math.Min(text.Length, into.Length);
        text[..n].CopyTo(into);
        return n;
    }

    private static readonly ArgumentSpec[] Format = [new(ArgumentKind.Format, "fmt")];

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "redirect", ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse | RuleSets.Redirect, Final = true, Summary = "sends the client elsewhere", Build = r => new RedirectAction(r),
            Options =
            [
                new("location", Format), new("prefix", Format), new("scheme", Format), new("code", [new(ArgumentKind.Choice, "code", false, ["301", "302", "303", "307", "308"])]),
                new("drop-query", []), new("append-slash", []), new("set-cookie", [new(ArgumentKind.String, "cookie")]),
            ],
        },
    ];
}
