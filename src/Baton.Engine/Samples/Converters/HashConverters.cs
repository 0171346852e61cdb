// Hashes that are numbers (manual 7.3.1); an argument other than 0 spreads the older ones by a full avalanche.
using System;
using System.IO.Hashing;
using System.Numerics;
using Baton.Configuration.Expressions;
using Baton.Engine.Balancing;

namespace Baton.Engine.Samples.Converters;

internal static class HashConverters
{
    private delegate uint Hash(ReadOnlySpan<byte> bytes);

    private static readonly ArgumentSpec[] Avalanche = [new(ArgumentKind.Integer, "avalanche", true)],
        Seed = [new(ArgumentKind.Integer, "seed", true)];

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private static SampleConverter Row(string name, Hash hash) =>
        new()
        {
            Name = name,
            Input = SampleType.Binary,
            Output = SampleType.Integer,
            Summary = $"{name} hash",
            Arguments = Avalanche,
            Convert = (a, m, ref v) =>
            {
                uint h = hash(v.Text);
                v.SetNumber(a[0].Number != 0 ? HashFunctions.Avalanche(h) : h);
                return true;
            },
        };

    private static SampleConverter Seeded(string name, ConvertFunction f) =>
        new()
        {
            Name = name,
            Input = SampleType.Binary,
            Output = SampleType.Integer,
            Summary = $"{name} hash",
            Arguments = Seed,
            Convert = f,
        };

    internal static readonly SampleConverter[] Rows =
    [
        Row("crc32", HashFunctions.Crc32),
        Row("crc32c", Crc32C),
        Row("djb2", HashFunctions.Djb2),
        Row("sdbm", HashFunctions.Sdbm),
        Row("wt6", HashFunctions.Wt6),
        Seeded("xxh32", (a, m, ref v) =>
        {
            v.SetNumber(XxHash32.HashToUInt32(v.Text, (int)a[0].Number));
            return true;
        }),
        Seeded("xxh64", (a, m, ref v) =>
        {
            v.SetNumber((long)XxHash64.HashToUInt64(v.Text, a[0].Number));
            return true;
        }),
        Seeded("xxh3", (a, m, ref v) =>
        {
            v.SetNumber((long)XxHash3.HashToUInt64(v.Text, a[0].Number));
            return true;
        }),
    ];
}
