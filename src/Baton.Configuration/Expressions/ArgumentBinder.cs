// Binds the arguments of fetches, converters and actions to what their rows declare: counts them, and turns each text into the
// value of its kind. Samples, formats and ACLs among them go back to the parser.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration.Expressions;

/// <summary>Each method reports its own errors and returns null then.</summary>
internal sealed class ArgumentBinder(ExpressionCatalog catalog, DiagnosticSink diagnostics, ExpressionParser parser)
{
    /// <summary>Arguments in parentheses. COMPAT: a single text may be left out altogether, and is empty then; parentheses behind what
    /// takes no argument hold nothing.</summary>
    public Argument[]? BindParentheses(ArgumentSpec[] specs, List<CallArgument>? given, string name, SourcePosition at)
    {
        if (specs.Length == 0 && given is not (null or [{ Text: "", Quoted: false }]))
        {
            diagnostics.Error(at, $"too many arguments for '{name}'.", name);
            return null;
        }
        if (given is not null)
            return Bind(specs, given.ConvertAll(a => a.Text), name, at);
        bool isText = specs is [{ Optional: false, Kind: ArgumentKind.String }, ..] && Array.TrueForAll(specs[1..], s => s.Optional);
        return Bind(specs, isText ? [""] : [], name, at);
    }

    public Argument[]? Bind(ArgumentSpec[] specs, List<string> given, string name, SourcePosition at)
    {
        // "name()" is one empty argument where one is needed, else none
        if (
            given is [""]
            && (specs.Length == 0 || specs[0].Optional || specs[0].Kind is not (ArgumentKind.String or ArgumentKind.IntegerOrVariable))
        )
            given = [];
        if (given.Count > specs.Length)
        {
            diagnostics.Error(at, $"too many arguments for '{name}'.", name);
            return null;
        }
        var bound = new Argument[specs.Length];
        for (int i = 0; i < specs.Length; i++)
        {
            if (i >= given.Count || given[i].Length == 0 && specs[i].Optional && specs[i].Kind != ArgumentKind.String)
            {
                NoteReference(specs[i].Kind, "", name, at);
                if (specs[i].Kind == ArgumentKind.OwnTable && Table(specs[i], "", name, at) is { } own)
                {
                    bound[i] = own;
                    continue;
                }
                if (!specs[i].Optional)
                {
                    diagnostics.Error(at, $"missing argument <{specs[i].Name}> for '{name}'.", name);
                    return null;
                }
                bound[i] = new Argument(specs[i].Kind) { Absent = true };
                continue;
            }
            // "i" among the flags behind a regular expression concerns its compilation
            bool ignoreCase =
                specs[i].Kind == ArgumentKind.Regex
                && Array.FindIndex(specs, s => s.Kind == ArgumentKind.RegexFlags) is > 0 and var f
                && f < given.Count
                && given[f].Contains('i');
            if (
                (specs[i].Kind == ArgumentKind.Regex ? RegexValue(given[i], ignoreCase, name, at) : Value(specs[i], given[i], name, at))
                is not { } value
            )
                return null;
            bound[i] = value;
        }
        return bound;
    }

    /// <summary>What the whole configuration has to say about it.</summary>
    private void NoteReference(ArgumentKind kind, string text, string keyword, SourcePosition at)
    {
        if (kind is ArgumentKind.Backend or ArgumentKind.Frontend or ArgumentKind.Server)
            parser.References.Add(new ProxyReference(kind, text, keyword, parser.Section, at));
    }

    private Argument? RegexValue(string text, bool ignoreCase, string owner, SourcePosition at)
    {
        if (text.Length == 0)
        {
            diagnostics.Error(at, $"'{owner}' : missing regular expression.", owner);
            return null;
        }
        (object? compiled, string error) = catalog.CompileRegex(text, ignoreCase);
        if (compiled is not null)
            return new Argument(ArgumentKind.Regex, 0, text, compiled);
        diagnostics.Error(at, $"'{owner}' : {error}", text);
        return null;
    }

    private Argument? Value(ArgumentSpec spec, string text, string owner, SourcePosition at)
    {
        switch (spec.Kind)
        {
            case ArgumentKind.IntegerOrSample when text.Length > 0 && !char.IsAsciiDigit(text[0]) && text[0] != '-':
                return parser.ParseSample(text, at) is { } computed ? new Argument(spec.Kind, 0, text, computed) : null;
            case ArgumentKind.Integer or ArgumentKind.Status or ArgumentKind.IntegerOrSample:
                return Number(spec, text, owner, at);
            case ArgumentKind.Format:
                return parser.ParseFormat(text, at, SampleNeeds.None) is { } format ? new Argument(spec.Kind, 0, text, format) : null;
            case ArgumentKind.UserList
            or ArgumentKind.Resolvers
            or ArgumentKind.Backend
            or ArgumentKind.Frontend
            or ArgumentKind.Server
            or ArgumentKind.Acl:
                return Reference(spec.Kind, text, owner, at);
            case ArgumentKind.RegexFlags when text.AsSpan().Trim("gi").Length > 0:
                diagnostics.Error(at, $"'{owner}' : invalid regex flag '{text}', only 'g' and 'i' are known.", text);
                return null;
            case ArgumentKind.Time or ArgumentKind.Size or ArgumentKind.TimeOrSample or ArgumentKind.SizeOrSample:
                return Amount(spec, text, owner, at);
            case ArgumentKind.Table or ArgumentKind.OwnTable:
                return Table(spec, text, owner, at);
            case ArgumentKind.Sample:
                return parser.ParseSample(text, at) is { } sample ? new Argument(spec.Kind, 0, text, sample) : null;
            case ArgumentKind.Variable or ArgumentKind.IntegerOrVariable or ArgumentKind.TextOrVariable:
                return Variable(spec.Kind, text, owner, at);
            case ArgumentKind.Choice when spec.Choices is not null && Array.IndexOf(spec.Choices, text) < 0:
                diagnostics.Error(
                    at,
                    $"'{owner}' expects one of {string.Join(", ", spec.Choices)} (got '{text}'){Spelling.Hint(text, spec.Choices)}.",
                    text
                );
                return null;
            case ArgumentKind.Bytes or ArgumentKind.String:
                return new Argument(spec.Kind, 0, text, ByteText.GetBytes(text));
            default:
                return new Argument(spec.Kind, 0, text);
        }
    }

    private Argument? Number(ArgumentSpec spec, string text, string owner, SourcePosition at)
    {
        if (
            text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal)
        )
            return new Argument(spec.Kind, hexadecimal, text);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return new Argument(spec.Kind, number, text);
        diagnostics.Error(at, $"'{owner}' expects an integer for <{spec.Name}>, got '{text}'.", text);
        return null;
    }

    /// <summary>A time or a size; what is no time may be a sample that gives one.</summary>
    private Argument? Amount(ArgumentSpec spec, string text, string owner, SourcePosition at)
    {
        string? wrong = spec.Kind is ArgumentKind.Size or ArgumentKind.SizeOrSample
            ? UnitParser.Size(text, out long amount)
            : UnitParser.Time(text, TimeUnit.Millisecond, out amount);
        if (wrong is null)
            return new Argument(spec.Kind, amount, text);
        if (spec.Kind is ArgumentKind.TimeOrSample or ArgumentKind.SizeOrSample)
            return parser.ParseSample(text, at) is { } given ? new Argument(spec.Kind, -1, text, given) : null;
        diagnostics.Error(at, $"'{owner}' : <{spec.Name}> : {wrong}", text);
        return null;
    }

    /// <summary>The name of a variable, where it may be one of a constant. COMPAT: an empty number counts as zero.</summary>
    private Argument? Variable(ArgumentKind kind, string text, string owner, SourcePosition at)
    {
        long constant = 0;
        if (
            kind == ArgumentKind.IntegerOrVariable
            && (text.Length == 0 || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out constant))
        )
            return new Argument(kind, constant, text);
        VariableName? variable = catalog.Variables.Resolve(text, out string problem);
        if (kind == ArgumentKind.TextOrVariable)
            return new Argument(kind, 0, text, variable);
        if (variable is not null)
            return new Argument(kind, variable.Index, text, variable);
        diagnostics.Error(at, $"'{owner}' : {problem}", text);
        return null;
    }

    private Argument Table(ArgumentSpec spec, string text, string owner, SourcePosition at)
    {
        var reference = new StickTableReference(text, owner, parser.Section, SampleType.Any, at);
        parser.Tables.Add(reference);
        return new Argument(spec.Kind, 0, text, reference);
    }

    /// <summary>The name of something that the configuration declares, perhaps further on.</summary>
    private Argument? Reference(ArgumentKind kind, string text, string owner, SourcePosition at)
    {
        switch (kind)
        {
            case ArgumentKind.UserList:
                parser.UserLists.Add((text, at));
                return new Argument(kind, 0, text);
            case ArgumentKind.Resolvers:
                parser.Resolvers.Add((text, at));
                return new Argument(kind, 0, text);
            case ArgumentKind.Acl when parser.Section is { } section:
                return parser.Conditions.Named(text.TrimStart('!'), section, at) is { } acl
                    ? new Argument(kind, 0, text, new AclTerm(acl, text[0] == '!'))
                    : null;
            case ArgumentKind.Acl:
                diagnostics.Error(at, $"'{owner}' : there are no ACLs here.", text);
                return null;
            default:
                NoteReference(kind, text, owner, at);
                return new Argument(kind, 0, text, ByteText.GetBytes(text));
        }
    }
}
