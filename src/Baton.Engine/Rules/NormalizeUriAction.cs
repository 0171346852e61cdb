// http-request normalize-uri NORMALIZER: the request target in a normal form (manual, "http-request normalize-uri").
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.Messages;
using Baton.Http.Uri;

namespace Baton.Engine.Rules;

internal sealed class NormalizeUriAction(RuleConfig rule) : RuleAction
{
    private readonly string _normalizer = rule.Arguments[0].Text;

    /// <summary>"full" or "strict".</summary>
    private readonly bool _isThorough = rule.Options.Count > 0;

    public override Verdict Run(HttpStream stream)
    {
        MessageHead head = stream.Rules.Editable();
        ReadOnlySpan<byte> path = head.Path;
        if (path.IsEmpty || path[0] != '/')
            return Verdict.Continue;
        bool onPath = _normalizer.StartsWith("path-", StringComparison.Ordinal),
            onQuery = _normalizer == "query-sort-by-name";
        if (onQuery && !head.HasQuery)
            return Verdict.Continue;
        ReadOnlySpan<byte> text =
            onPath ? path
            : onQuery ? head.Query
            : head.PathAndQuery;
        Span<byte> into = stream.Worker.Scratch.OutputSpan;
        int length = Normalize(text, into);
        if (length == UriNormalizer.Invalid)
        {
            stream.Answers.Deny(stream.Answers.Find(400));
            return Verdict.Answered;
        }
        if (length < 0)
            return stream.Rules.NoteEdit(false);
        ReadOnlySpan<byte> result = into[..length];
        if (result.SequenceEqual(text))
            return Verdict.Continue;
        return stream.Rules.NoteEdit(
            onPath ? head.ReplacePath(result, head.Query, head.HasQuery)
            : onQuery ? head.ReplacePath(path, result, true)
            : head.ReplacePath(result, default, false)
        );
    }

    private int Normalize(ReadOnlySpan<byte> text, Span<byte> into) =>
        _normalizer switch
        {
            "fragment-encode" => UriNormalizer.EncodeFragment(text, into),
            "fragment-strip" => UriNormalizer.StripFragment(text, into),
            "path-merge-slashes" => UriNormalizer.MergeSlashes(text, into),
            "path-strip-dot" => UriNormalizer.StripDots(text, into),
            "path-strip-dotdot" => UriNormalizer.StripParents(text, into, _isThorough),
            "percent-decode-unreserved" => UriNormalizer.DecodeUnreserved(text, into, _isThorough),
            "percent-to-uppercase" => UriNormalizer.UppercasePercent(text, into, _isThorough),
            _ => UriNormalizer.SortQuery(text, into),
        };

    private static string? Check(RuleConfig rule)
    {
        string normalizer = rule.Arguments[0].Text;
        string? option = normalizer switch
        {
            "path-strip-dotdot" => "full",
            "percent-decode-unreserved" or "percent-to-uppercase" => "strict",
            _ => null,
        };
        foreach ((ActionOptionSpec given, _) in rule.Options)
            if (given.Name != option)
                return $"unknown argument '{given.Name}' for '{normalizer}' normalizer";
        return null;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "normalize-uri",
            ValidIn = RuleSets.HttpRequest,
            IsExperimental = true,
            Summary = "brings the URI into a normal form",
            Check = Check,
            Build = r => new NormalizeUriAction(r),
            Arguments =
            [
                new(
                    ArgumentKind.Choice,
                    "normalizer",
                    false,
                    [
                        "fragment-encode",
                        "fragment-strip",
                        "path-merge-slashes",
                        "path-strip-dot",
                        "path-strip-dotdot",
                        "percent-decode-unreserved",
                        "percent-to-uppercase",
                        "query-sort-by-name",
                    ]
                ),
            ],
            Options = [new("full", []), new("strict", [])],
        },
    ];
}
