// Fetches of the process and of nothing: constants, time, random numbers, identifiers (manual 7.3.2).
using System;
using System.Globalization;
using System.Security.Cryptography;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Samples.Fetches;

internal static class ProcessFetches
{
    private static string? CheckBool(Argument[] a)
    {
        bool? value = a[0].Text switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => null,
        };
        if (value is null)
            return $"'{a[0].Text}' is not a boolean";
        a[0] = a[0] with { Number = value.Value ? 1 : 0 };
        return null;
    }

    private static string? CheckBinary(Argument[] a)
    {
        if (a[0].Text.Length % 2 != 0)
            return "an even number of hex digit is expected";
        foreach (char c in a[0].Text)
            if (!char.IsAsciiHexDigit(c))
                return $"an hex digit is expected (found '{c}')";
        a[0] = a[0] with { Value = Convert.FromHexString(a[0].Text) };
        return null;
    }

    private static string? CheckAddress(Argument[] a, int length)
    {
        if (AddressParser.Ip(a[0].Text) is not { } ip || ip.Length != length)
            return $"failed to parse '{a[0].Text}' as an IPv{(length == 4 ? 4 : 6)} address";
        a[0] = a[0] with { Value = ip };
        return null;
    }

    private static bool Constant(Argument[] a, ref SampleValue v)
    {
        v.SetAddress(SocketAddress.From((byte[])a[0].Value!, 0));
        return true;
    }

    /// <summary>Units of a second: s, ms or us.</summary>
    private static string? CheckDate(Argument[] a)
    {
        long scale = a[1].Absent
            ? 1
            : a[1].Text switch
            {
                "s" => 1,
                "ms" => 1000,
                "us" => 1_000_000,
                _ => 0,
            };
        if (scale == 0)
            return $"expects 's', 'ms' or 'us', got '{a[1].Text}'";
        a[1] = a[1] with { Number = scale };
        return null;
    }

    /// <summary>COMPAT: the offset is in the unit the value has.</summary>
    private static bool Date(Argument[] a, ref SampleValue v)
    {
        v.SetNumber(Clocks.Nanoseconds(Clocks.REALTIME) / (1_000_000_000 / a[1].Number) + a[0].Number);
        return true;
    }

    private static bool RandomNumber(Argument[] a, ref SampleValue v)
    {
        uint random = (uint)Random.Shared.NextInt64(1L << 32);
        v.SetNumber(a[0].Absent ? random : (long)((ulong)random * (ulong)a[0].Number >> 32));
        return true;
    }

    private static string? CheckUuid(Argument[] a) =>
        a[0].Absent || a[0].Number is 4 or 7 ? null : $"Unsupported UUID version: '{a[0].Text}'";

    private static bool Uuid(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        Guid id = a[0].Number == 7 ? Guid.CreateVersion7() : Guid.NewGuid();
        if (!id.TryFormat(m, out int n))
            return false;
        v.SetText(m[..n]);
        return true;
    }

    private static SampleFetch Row(
        string name,
        SampleType output,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        Func<Argument[], string?>? check = null
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.None,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
            Check = check,
        };

    private static SampleFetch Number(string name, string summary, Func<ProxyStream, long> number) =>
        Row(name, SampleType.Integer, summary, (s, a, o, m, ref v) =>
        {
            v.SetNumber(number(s));
            return true;
        });

    private static readonly ArgumentSpec[] OneText = [new(ArgumentKind.String, "value")];

    internal static readonly SampleFetch[] Rows =
    [
        Row(
            "bool",
            SampleType.Bool,
            "a fixed truth value",
            (s, a, o, m, ref v) =>
            {
                v.SetBool(a[0].Number != 0);
                return true;
            },
            OneText,
            CheckBool
        ),
        Row(
            "bin",
            SampleType.Binary,
            "fixed bytes",
            (s, a, o, m, ref v) =>
            {
                v.SetBinary((byte[])a[0].Value!);
                return true;
            },
            OneText,
            CheckBinary
        ),
        Row("ipv4", SampleType.IPv4, "a fixed IPv4 address", (s, a, o, m, ref v) => Constant(a, ref v), OneText, a => CheckAddress(a, 4)),
        Row("ipv6", SampleType.IPv6, "a fixed IPv6 address", (s, a, o, m, ref v) => Constant(a, ref v), OneText, a => CheckAddress(a, 16)),
        Row(
            "meth",
            SampleType.Method,
            "a fixed method",
            (s, a, o, m, ref v) =>
            {
                v.SetText(HttpMessage.Bytes(a[0]));
                return true;
            },
            OneText
        ),
        Row(
            "date",
            SampleType.Integer,
            "the time now, since 1970",
            (s, a, o, m, ref v) => Date(a, ref v),
            [new(ArgumentKind.Integer, "offset", true), new(ArgumentKind.String, "unit", true)],
            CheckDate
        ),
        Number("date_us", "microseconds of the second now", s => Clocks.Nanoseconds(Clocks.REALTIME) / 1000 % 1_000_000),
        Row(
            "rand",
            SampleType.Integer,
            "a random number",
            (s, a, o, m, ref v) => RandomNumber(a, ref v),
            [new(ArgumentKind.Integer, "range", true)],
            a => !a[0].Absent && a[0].Number is < 0 or > uint.MaxValue ? "expects a positive range of 32 bits" : null
        ),
        Row(
            "uuid",
            SampleType.String,
            "a new UUID",
            (s, a, o, m, ref v) => Uuid(a, m, ref v),
            [new(ArgumentKind.Integer, "version", true)],
            CheckUuid
        ),
        Number("nbproc", "number of processes", s => 1),
        Number("proc", "number of this process", s => 1),
        Number("pid", "process id", s => Environment.ProcessId),
        Number("thread", "number of this thread", s => s.Worker.Index),
        Number("act_conn", "connections of this process", s => s.Worker.Engine.CurrentConnections),
        Number("uptime", "seconds since this process started", s => (Environment.TickCount64 - s.Worker.Engine.StartedAtMs) / 1000),
    ];
}
