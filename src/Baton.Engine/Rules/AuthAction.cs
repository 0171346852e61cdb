// http-request auth [realm TEXT]: asks for user and password: 401, or as a proxy does 407 (see option http-use-proxy-header).
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class AuthAction(RuleConfig rule) : RuleAction
{
    private readonly byte[]? _realm = rule.Options.Count > 0 ? ByteText.GetBytes(rule.Options[^1].Arguments[0].Text) : null;

    public override Verdict Run(HttpStream stream)
    {
        // COMPAT: the name of the section is the realm when none is given
        Ask(stream, _realm ?? Encoding.UTF8.GetBytes((stream.Backend?.Config ?? stream.Frontend.Config).Name));
        return Verdict.Answered;
    }

    /// <summary>Answers with the demand for user and password.</summary>
    internal static void Ask(HttpStream stream, ReadOnlySpan<byte> realm)
    {
        StickTables.StickTracking.CountError(stream);
        bool asProxy = stream.AuthenticatesAsProxy;
        ReadOnlySpan<byte> page = stream.Answers.Find(asProxy ? 407 : 401).Write(stream);
        if (page.IsEmpty)
            page = HttpReply.Default(asProxy ? 407 : 401).Write(stream);
        int end = page.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            end = page.Length;
        Span<byte> into = stream.Worker.Scratch.OutputSpan;
        int at = 0;
        Put(page[..end], into, ref at);
        Put(asProxy ? "\r\nproxy-authenticate: Basic realm=\""u8 : "\r\nwww-authenticate: Basic realm=\""u8, into, ref at);
        Put(realm, into, ref at);
        Put("\""u8, into, ref at);
        Put(page[end..], into, ref at);
        stream.Answers.GiveMessage(into[..at], TerminationCause.Local);
    }

    private static void Put(ReadOnlySpan<byte> text, Span<byte> into, ref int at)
    {
        int n = Math.Min(text.Length, into.Length - at);
        text[..n].CopyTo(into[at..]);
        at += n;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "auth",
            ValidIn = RuleSets.HttpRequest,
            Final = true,
            Summary = "asks for user name and password",
            Build = r => new AuthAction(r),
            Options = [new("realm", [new(ArgumentKind.String, "realm")])],
        },
    ];
}
