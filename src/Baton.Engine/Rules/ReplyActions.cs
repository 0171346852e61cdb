// return, deny, tarpit, allow, redirect.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Logs;
using Baton.Engine.Streams;
using Baton.Http.H1;

namespace Baton.Engine.Rules;

/// <summary>The answer of a rule: its own, or what the proxies have for its status.</summary>
internal sealed class RuleReply(RuleConfig rule)
{
    private readonly int _status = rule.Reply!.Status;
    private readonly HttpReply? _own = rule.Reply.Payload == HttpReplyPayload.DefaultErrorFiles ? null : new HttpReply(rule.Reply);

    public HttpReply For(HttpStream stream) => _own ?? stream.FindReply(_status);
}

/// <summary>return: an answer made here.</summary>
internal sealed class ReturnAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.Answer(_reply.For(stream));
        return Verdict.Answered;
    }

    internal static readonly EngineAction[] Rows =
    [
        new() { Name = "return", ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse, Final = true, HasReply = true, DefaultStatus = 200, Summary = "answers the request here", Build = r => new ReturnAction(r) },
        new() { Name = "deny", ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse, Final = true, HasReply = true, Summary = "refuses the request", Build = r => new DenyAction(r) },
        new() { Name = "tarpit", ValidIn = RuleSets.HttpRequest, Final = true, HasReply = true, DefaultStatus = 500, Summary = "refuses the request after a while", Build = r => new TarpitAction(r) },
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
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        stream.Tarpit(_reply.For(stream));
        return Verdict.Answered;
    }
}

internal sealed class DenyAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        stream.Refuse(_reply.For(stream));
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
        reply.Status(_code, _code == 302 ? "Found"u8 : Baton.Http.StatusReason.Of(_code));
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
