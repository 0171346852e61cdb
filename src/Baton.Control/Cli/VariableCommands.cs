// get var, set var: variables of scope "proc". An expression is read and evaluated here and now, with the process for all it
// can see.
using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Engine.Logs;
using Baton.Engine.Rules;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Control.Cli;

internal static class VariableCommands
{
    private static readonly SourcePosition Here = new("<CLI>", 1);

    private static void Get(CliRequest r)
    {
        if (r[2].Length == 0)
        {
            r.Fail("Missing process-wide variable identifier.");
            return;
        }
        SampleValue value = default;
        Span<byte> scratch = r.Home!.Scratch.SampleSpan;
        if (
            r.Engine.Config.Variables.Find(r[2]) is not { Scope: VariableScope.Process } name
            || !r.Engine.ProcessVariables.TryGet(name.Index, scratch, ref value)
        )
        {
            r.Fail("Variable not found.");
            return;
        }
        r.FeedbackWithoutLine(6, $"{r[2]}: type={TypeName(value)} value=<{Text(value)}>");
    }

    private static string TypeName(scoped in SampleValue value) =>
        value.Type switch
        {
            SampleType.Bool => "bool",
            SampleType.Integer => "sint",
            SampleType.Binary => "bin",
            SampleType.Method => "meth",
            SampleType.String => "str",
            SampleType.Address or SampleType.IPv4 or SampleType.IPv6 => value.Address.IsIPv4 ? "ipv4" : "ipv6",
            _ => "any",
        };

    /// <summary>Bytes that are not printable are shown as dots.</summary>
    private static string Text(scoped in SampleValue value)
    {
        if (value.Type is SampleType.Bool or SampleType.Integer)
            return value.Number.ToString(CultureInfo.InvariantCulture);
        if (!value.HasText)
            return value.Address.IpToString();
        return new string([.. Encoding.Latin1.GetString(value.Text).Select(c => c is >= ' ' and <= '~' ? c : '.')]);
    }

    /// <summary>set var NAME {EXPRESSION | expr EXPRESSION | fmt FORMAT}.</summary>
    private static void Set(CliRequest r)
    {
        if (r[2].Length == 0)
        {
            r.Fail("Missing process-wide variable identifier.");
            return;
        }
        if (r[3].Length == 0)
        {
            r.Fail("Missing either 'expr', 'fmt' or expression.");
            return;
        }
        if (r.Words.Count > 4 && r[3] is not ("expr" or "fmt"))
        {
            r.FailWithoutLine($"'set var': arg type must be either 'expr' or 'fmt' but got '{r[3]}'.");
            return;
        }
        if (r.Engine.Config.Variables.Resolve(r[2], out string wrong) is not { } name)
        {
            r.FailWithoutLine(wrong);
            return;
        }
        if (name.Scope != VariableScope.Process)
        {
            r.FailWithoutLine($"'set var': cannot set variable '{r[2]}', only scope 'proc' is permitted here.");
            return;
        }
        var sink = new DiagnosticSink();
        var parser = new ExpressionParser(CatalogOf(r.Engine.Config.Variables), sink);
        string text = r[r.Words.Count > 4 ? 4 : 3];
        string? error = r[3] == "fmt" ? SetFormat(r, parser, name, text) : SetSample(r, parser, name, text);
        if (sink.All.Count > 0)
            r.FailWithoutLine(sink.All[0].Message);
        else if (error is not null)
            r.FailWithoutLine(error);
    }

    /// <summary>PERF: every word of the language; making it takes longer than the command.</summary>
    private static ExpressionCatalog CatalogOf(VariableNames variables)
    {
        if (s_catalog is { } known && known.Variables == variables)
            return known;
        return s_catalog = EngineCatalog.Create(variables);
    }

    private static ExpressionCatalog? s_catalog;

    private static string? SetSample(CliRequest r, ExpressionParser parser, VariableName name, string text)
    {
        if (parser.ParseSample([new Word(text, 0, false)], Here, SampleNeeds.None, out _) is not { } sample)
            return null;
        parser.Tables.ForEach(t => t.Link(r.Engine.Config));
        if (sample.Needs != SampleNeeds.None)
            return $"fetch method '{sample.Fetch.Name}' needs something that is not available here.";
        SampleValue value = default;
        return sample.Evaluate(Process(r), -1, r.Home!.Scratch.SampleSpan, ref value)
            ? Store(r, name, value)
            : "The expression has no value.";
    }

    private static string? SetFormat(CliRequest r, ExpressionParser parser, VariableName name, string text)
    {
        if (parser.ParseFormat(text, Here, SampleNeeds.None) is not { } format)
            return null;
        parser.Tables.ForEach(t => t.Link(r.Engine.Config));
        if (format.Nodes.Exists(n => n.Alias is not null || n.Sample is { Needs: not SampleNeeds.None }))
            return "The format needs something that is not available here.";
        SampleValue value = default;
        Span<byte> room = r.Home!.Scratch.OutputSpan[..r.Home.Buffers.BlockSize];
        value.SetText(room[..new FormattedText(format, FormatUse.Variable).Write(Process(r), room)]);
        return Store(r, name, value);
    }

    private static SessionStream Process(CliRequest r)
    {
        var stream = new SessionStream();
        stream.Attach(r.Home!);
        return stream;
    }

    private static string? Store(CliRequest r, VariableName name, scoped in SampleValue value) =>
        VariableAccess.Set(Process(r), name, value) ? null : "The value does not fit the limits of variables.";

    internal static readonly CliCommand[] Rows =
    [
        new("get var", "<name>", CliLevel.Operator, "the value of a process-wide variable", Get),
        new("set var", "<name> [fmt|expr] {<fmt>|<expr>}", CliLevel.Admin, "set a process-wide variable", Set)
        {
            Modes = CliModes.Experimental,
        },
    ];
}
