// The part of an ACL behind its name: criterion, flags, patterns (manual 7.1).
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

internal sealed class AclParser(ExpressionCatalog catalog, DiagnosticSink diagnostics)
{
    /// <summary>The flags of a line.</summary>
    private sealed class Flags
    {
        public AclMatchMethod Match;
        public bool IgnoreCase,
            NoNames,
            AsMap;
        public int? UniqueId;
        public readonly List<string> Files = [];
    }

    /// <summary>"criterion [flags] [patterns...]"; null when it is wrong. <paramref name="name"/> is "" for an anonymous ACL.</summary>
    public AclExpressionConfig? Parse(string name, List<string> words, ProxyConfig? section, ExpressionParser samples, SourcePosition at)
    {
        if (samples.ParseCriterion(words[0], at) is not { } sample)
            return null;
        // "hdr_beg" implies a way of matching where it stands alone: behind a converter the type of what comes out decides
        var flags = new Flags { Match = sample.Converters.Count == 0 ? sample.Fetch.ImpliedMatch : AclMatchMethod.Default };
        int i = 1;
        if (!ReadFlags(words, ref i, flags, name, at))
            return null;
        if (
            flags.Match == AclMatchMethod.Default
            && sample.Output is SampleType.Any or SampleType.Same or SampleType.Binary or SampleType.Method
        )
        {
            diagnostics.Error(
                at,
                $"matching method must be specified first (using '-m') when using a sample fetch of this type ('{sample.Fetch.Name}')",
                words[0]
            );
            return null;
        }
        if (flags.Match == AclMatchMethod.Default)
            flags.Match = DefaultMatch(sample.Output);
        else if (!SampleCasts.Exists(sample.Output, TypeOf(flags.Match)))
        {
            Wrong(name, $"a sample of '{words[0]}' is never what '-m {MethodName(flags.Match)}' looks at", words[0], at);
            return null;
        }
        if (words.Count == 1 && sample.Output != SampleType.Bool && flags.Match is not (AclMatchMethod.Found or AclMatchMethod.Bool))
            diagnostics.Warning(
                at,
                $"acl keyword '{words[0]}' has no pattern to match against and will never match; add '--' if that is meant, or use '-m found' or '-m bool'.",
                words[0]
            );
        List<string> patterns = words.GetRange(i, words.Count - i);
        bool numbers = flags.Match is AclMatchMethod.Integer or AclMatchMethod.Length;
        if (numbers && !(AreNumbers(patterns, sample, name, at) && ReadOperators(patterns, name, at)))
            return null;
        (object[]? tables, string error) = catalog.BindPatterns(
            new AclPatternsConfig
            {
                Owner = $"{Side(section)}{section?.Name}/{name}",
                Criterion = words[0],
                Keyword = sample.Fetch.Name,
                Match = flags.Match,
                Position = at,
                IgnoreCase = flags.IgnoreCase,
                NoNames = flags.NoNames,
                UniqueId = flags.UniqueId,
                Files = flags.Files.ConvertAll(f => (f, flags.AsMap)),
                Patterns = patterns,
            }
        );
        if (tables is null)
        {
            Wrong(name, error, words[0], at);
            return null;
        }
        return new AclExpressionConfig
        {
            Sample = sample,
            Match = flags.Match,
            Tables = tables,
            Position = at,
        };
    }

    /// <summary>A frontend, a backend and a defaults section may bear one name, and have ACLs of their own.</summary>
    private static string Side(ProxyConfig? section) =>
        section?.Capabilities switch
        {
            ProxyCapabilities.Backend => "backend ",
            ProxyCapabilities.Defaults => "defaults ",
            _ => "",
        };

    private void Wrong(string name, string reason, string word, SourcePosition at) =>
        diagnostics.Error(
            at,
            $"error detected while parsing {(name.Length == 0 ? "an anonymous ACL" : $"ACL '{name}'")} : {reason}.",
            word
        );

    private bool ReadFlags(List<string> words, ref int i, Flags flags, string name, SourcePosition at)
    {
        for (; i < words.Count && words[i].StartsWith('-') && words[i].Length > 1; i++)
        {
            string flag = words[i],
                value = i + 1 < words.Count ? words[i + 1] : "";
            switch (flag)
            {
                case "--":
                    i++;
                    return true;
                case "-i":
                    flags.IgnoreCase = true;
                    continue;
                case "-n":
                    flags.NoNames = true;
                    continue;
                case "-M":
                    flags.AsMap = true;
                    continue;
                case "-m" when Method(value) is { } method:
                    flags.Match = method;
                    break;
                case "-m":
                    diagnostics.Error(
                        at,
                        $"unknown matching method '{value}' in ACL{Spelling.Hint(value, "str", "beg", "end", "sub", "dir", "dom", "len", "reg", "bin", "int", "bool", "found")}.",
                        flag
                    );
                    return false;
                case "-f" when value.Length == 0:
                    diagnostics.Error(at, "failed to open pattern file <>.", flag);
                    return false;
                case "-f":
                    flags.Files.Add(value);
                    break;
                case "-u" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int id):
                    flags.UniqueId = id;
                    break;
                case "-u":
                    Wrong(name, "the argument of -u must be an integer", flag, at);
                    return false;
                default:
                    Wrong(name, $"'{flag}' is no flag of ACLs; a pattern that begins with '-' comes behind '--'", flag, at);
                    return false;
            }
            i++;
        }
        return true;
    }

    /// <summary>"gt 3 le 9" becomes "4:" and ":9": an operator holds for the numbers behind it.</summary>
    private bool ReadOperators(List<string> patterns, string name, SourcePosition at)
    {
        string op = "eq";
        var ranges = new List<string>();
        foreach (string p in patterns)
        {
            if (p is "eq" or "ge" or "gt" or "le" or "lt")
            {
                op = p;
                continue;
            }
            // COMPAT: a range is what it is behind any operator
            if (op == "eq" || p.Contains(':') || p.LastIndexOf('-') > 0)
            {
                ranges.Add(p);
                continue;
            }
            if (op is "ge" or "le")
            {
                ranges.Add(op == "ge" ? p + ":" : ":" + p);
                continue;
            }
            // the number beside it, also of a version "major.minor"
            int dot = p.LastIndexOf('.');
            if (!long.TryParse(p[(dot + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long last))
            {
                Wrong(name, $"'{p}' is not a number", p, at);
                return false;
            }
            string next = p[..(dot + 1)] + (op == "gt" ? last + 1 : last - 1).ToString(CultureInfo.InvariantCulture);
            ranges.Add(op == "gt" ? next + ":" : ":" + next);
        }
        patterns.Clear();
        patterns.AddRange(ranges);
        return true;
    }

    /// <summary>Versions "major.minor" are compared with those of TLS alone.</summary>
    private bool AreNumbers(List<string> patterns, SampleExpressionConfig sample, string name, SourcePosition at)
    {
        if (sample.Fetch.Name.Contains("ssl_ver") || patterns.Find(static p => p.Contains('.')) is not { } version)
            return true;
        Wrong(name, $"'{version}' is not a number", version, at);
        return false;
    }

    private static SampleType TypeOf(AclMatchMethod match) =>
        match switch
        {
            AclMatchMethod.Found => SampleType.Any,
            AclMatchMethod.Bool => SampleType.Bool,
            AclMatchMethod.Integer => SampleType.Integer,
            AclMatchMethod.Ip => SampleType.Address,
            AclMatchMethod.Binary => SampleType.Binary,
            _ => SampleType.String,
        };

    private static string MethodName(AclMatchMethod match) =>
        match switch
        {
            AclMatchMethod.Bool => "bool",
            AclMatchMethod.Integer => "int",
            _ => "ip",
        };

    private static AclMatchMethod DefaultMatch(SampleType type) =>
        type switch
        {
            SampleType.Bool => AclMatchMethod.Bool,
            SampleType.Integer => AclMatchMethod.Integer,
            SampleType.IPv4 or SampleType.IPv6 or SampleType.Address => AclMatchMethod.Ip,
            _ => AclMatchMethod.String,
        };

    private static AclMatchMethod? Method(string word) =>
        word switch
        {
            "found" => AclMatchMethod.Found,
            "bin" => AclMatchMethod.Binary,
            "bool" => AclMatchMethod.Bool,
            "int" => AclMatchMethod.Integer,
            "ip" => AclMatchMethod.Ip,
            "len" => AclMatchMethod.Length,
            "str" => AclMatchMethod.String,
            "beg" => AclMatchMethod.Begin,
            "sub" => AclMatchMethod.Substring,
            "dir" => AclMatchMethod.Directory,
            "dom" => AclMatchMethod.Domain,
            "end" => AclMatchMethod.End,
            "reg" => AclMatchMethod.Regex,
            _ => null,
        };
}
