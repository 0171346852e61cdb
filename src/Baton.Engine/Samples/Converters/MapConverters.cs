// map and its forms (manual 7.3.1): map_MATCH[_OUTPUT](file[,default]). The file is read when the configuration is.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Patterns;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Converters;

internal static class MapConverters
{
    private static readonly ArgumentSpec[] FileAndDefault = [new(ArgumentKind.String, "file"), new(ArgumentKind.String, "default", true)];

    private static string? Check(Argument[] a, SourcePosition at, AclMatchMethod match, SampleType output)
    {
        if (
            PatternRegistry.OpenMap(a[0].Text, at, out string error) is not { } file
            || file.TableFor(match, false, out error) is not { } table
        )
            return error;
        string? wrong = null;
        long after = 0;
        if (output != SampleType.String)
            file.Walk(null, ref after, int.MaxValue, e =>
                wrong ??= IsValue(e.ValueBytes, output) ? null : $"unable to parse '{e.Value}' of file '{file.File}'"
            );
        if (wrong is not null)
            return wrong;
        if (!a[1].Absent && !IsValue((byte[])a[1].Value!, output))
            return $"unable to parse the default '{a[1].Text}'";
        a[0] = a[0] with { Value = table };
        return null;
    }

    private static bool IsValue(ReadOnlySpan<byte> text, SampleType output)
    {
        if (output == SampleType.String)
            return true;
        SampleValue v = default;
        v.SetText(text);
        return output == SampleType.Integer ? v.TryGetNumber(out _) : v.TryGetAddress(out _);
    }

    private static bool Look(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v, SampleType output, bool key, bool expand)
    {
        PatternEntry entry = ((PatternTable)a[0].Value!).Find(s?.Worker, v, out RegularExpression? expression);
        if (!entry.IsSet && a[1].Absent)
            return false;
        if (expand && expression is not null)
        {
            int n = expression.Expand(s!.Worker, v.Text, entry.ValueBytes, m);
            if (n < 0)
                return false;
            v.SetText(m[..n]);
            return true;
        }
        v.SetText(
            !entry.IsSet ? (byte[])a[1].Value!
            : key ? entry.KeyBytes
            : entry.ValueBytes
        );
        return SampleCast.To(output, m, ref v);
    }

    private static SampleConverter Row(string name, AclMatchMethod match, SampleType output, bool key = false, bool expand = false) =>
        new()
        {
            Name = name,
            Output = output,
            Summary = "value of a map",
            Arguments = FileAndDefault,
            CheckAt = (a, at) => Check(a, at, match, key ? SampleType.String : output),
            Input = match switch
            {
                AclMatchMethod.Integer => SampleType.Integer,
                AclMatchMethod.Ip => SampleType.Address,
                _ => SampleType.String,
            },
            Convert = (a, m, ref v) => false,
            ConvertOn = (s, a, m, ref v) => Look(s, a, m, ref v, output, key, expand),
        };

    internal static readonly SampleConverter[] Rows = Build();

    private static SampleConverter[] Build()
    {
        var rows = new List<SampleConverter>
        {
            Row("map", AclMatchMethod.String, SampleType.String),
            Row("map_regm", AclMatchMethod.Regex, SampleType.String, expand: true),
        };
        foreach (
            (string name, AclMatchMethod match) in ((string, AclMatchMethod)[])
                [
                    ("str", AclMatchMethod.String),
                    ("beg", AclMatchMethod.Begin),
                    ("sub", AclMatchMethod.Substring),
                    ("dir", AclMatchMethod.Directory),
                    ("dom", AclMatchMethod.Domain),
                    ("end", AclMatchMethod.End),
                    ("reg", AclMatchMethod.Regex),
                    ("int", AclMatchMethod.Integer),
                    ("ip", AclMatchMethod.Ip),
                ]
        )
        {
            rows.Add(Row($"map_{name}", match, SampleType.String));
            rows.Add(Row($"map_{name}_str", match, SampleType.String));
            rows.Add(Row($"map_{name}_int", match, SampleType.Integer));
            rows.Add(Row($"map_{name}_ip", match, SampleType.Address));
            rows.Add(Row($"map_{name}_key", match, SampleType.String, key: true));
        }
        return [.. rows];
    }
}
