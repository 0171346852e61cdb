// redirect location|prefix|scheme TO [code N] and its options (manual, "redirect"): the client is sent elsewhere.
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Logs;
using Baton.Engine.Streams;
using Baton.Http;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Rules;

internal sealed class RedirectAction : RuleAction
{
    private readonly string _kind = "";
    private readonly FormattedText _to = null!;
    private readonly int _code = 302;
    private readonly bool _dropQuery,
        _appendSlash,
        _ignoreEmpty;
    private readonly byte[]? _cookie;

    public RedirectAction(RuleConfig rule)
    {
        foreach ((ActionOptionSpec option, Argument[] a) in rule.Options)
        {
            switch (option.Name)
            {
                case "location" or "prefix" or "scheme":
                    _kind = option.Name;
                    _to = Target(a[0], rule);
                    break;
                case "code":
                    _code = int.Parse(a[0].Text, CultureInfo.InvariantCulture);
                    break;
                case "drop-query":
                    _dropQuery = true;
                    break;
                case "append-slash":
                    _appendSlash = true;
                    break;
                case "ignore-empty":
                    _ignoreEmpty = true;
                    break;
                case "set-cookie":
                    _cookie = ByteText.GetBytes(a[0].Text + "; path=/;");
                    break;
                case "clear-cookie":
                    _cookie = ByteText.GetBytes(a[0].Text + "; path=/; Max-Age=0;");
                    break;
            }
        }
    }

    /// <summary>COMPAT: the text of a "redirect" line is taken as it stands; only that of rules is a format.</summary>
    private static FormattedText Target(Argument argument, RuleConfig rule)
    {
        if (argument.Value is LogFormatConfig format)
            return new FormattedText(format);
        var literal = new LogFormatConfig { Text = argument.Text, Position = rule.Position };
        if (argument.Text.Length > 0)
            literal.Nodes.Add(new LogFormatNode { Literal = argument.Text });
        return new FormattedText(literal);
    }

    public override Verdict Run(HttpStream stream)
    {
        Span<byte> area = stream.Worker.Scratch.OutputSpan;
        int at = 0;
        MessageHead head = stream.RequestHead;
        if (_kind == "location")
        {
            at = _to.Write(stream, area);
            if (at == 0 && _ignoreEmpty)
                return Verdict.Continue;
        }
        else
        {
            at = _to.Write(stream, area);
            if (_kind == "scheme")
            {
                Put("://"u8, area, ref at);
                int host = head.Find(HeaderId.Host);
                if (host >= 0)
                    Put(head.Field(host).ValueSpan, area, ref at);
            }
            // a prefix of "/" adds nothing, so that it only serves the options
            else if (at == 1 && area[0] == '/')
                at = 0;
            ReadOnlySpan<byte> path = _dropQuery ? head.Path : head.PathAndQuery;
            Put(path.IsEmpty || path is [(byte)'*'] ? "/"u8 : path, area, ref at);
            if (_appendSlash && (at == 0 || area[at - 1] != '/'))
                Put("/"u8, area, ref at);
        }
        var reply = new ReplyWriter(stream.Worker.Scratch.HeadSpan);
        reply.Status(_code, _code == 302 ? "Found"u8 : StatusReason.Of(_code));
        reply.Header("content-length"u8, 0);
        reply.Header("location"u8, area[..at]);
        if (_code is 302 or 303 or 307)
            reply.Header("cache-control"u8, "no-cache"u8);
        if (_cookie is not null)
            reply.Header("set-cookie"u8, _cookie);
        ReadOnlySpan<byte> message = reply.Finish(default);
        if (reply.IsFull)
            stream.Answers.Deny(HttpReply.Default(500));
        else
            stream.Answers.GiveMessage(message, TerminationCause.Local);
        return Verdict.Answered;
    }

    private static void Put(ReadOnlySpan<byte> text, Span<byte> into, ref int at)
    {
        int n = Math.Min(text.Length, into.Length - at);
        text[..n].CopyTo(into[at..]);
        at += n;
    }

    private static string? Check(RuleConfig rule)
    {
        string kind = "";
        foreach ((ActionOptionSpec option, _) in rule.Options)
            if (option.Name is "location" or "prefix" or "scheme")
                kind = option.Name;
        if (kind.Length == 0)
            return "redirection type expected ('prefix', 'location', or 'scheme')";
        return rule.RuleSet == RuleSets.HttpResponse && kind != "location" ? "response only supports redirect type 'location'" : null;
    }

    private static ActionOptionSpec[] Options(ArgumentKind target) =>
        [
            new("location", [new(target, "to")]),
            new("prefix", [new(target, "to")]),
            new("scheme", [new(target, "to")]),
            new("code", [new(ArgumentKind.Choice, "code", false, ["301", "302", "303", "307", "308"])]),
            new("drop-query", []),
            new("append-slash", []),
            new("ignore-empty", []),
            new("set-cookie", [new(ArgumentKind.String, "cookie")]),
            new("clear-cookie", [new(ArgumentKind.String, "cookie")]),
        ];

    private static EngineAction Row(RuleSets sets, ArgumentKind target) =>
        new()
        {
            Name = "redirect",
            ValidIn = sets,
            Final = true,
            Summary = "sends the client elsewhere",
            Options = Options(target),
            Check = Check,
            Build = r => new RedirectAction(r),
        };

    internal static readonly EngineAction[] Rows =
    [
        Row(RuleSets.HttpRequest | RuleSets.HttpResponse, ArgumentKind.Format),
        Row(RuleSets.Redirect, ArgumentKind.Bytes),
    ];
}
