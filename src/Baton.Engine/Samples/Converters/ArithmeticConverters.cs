// Arithmetic and logic on integers (manual 7.3.1). An operand is a number or a variable that holds one.
// COMPAT: sums, differences and products stay at the ends of 64 bits instead of wrapping.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Converters;

internal static class ArithmeticConverters
{
    private delegate long Operation(long value, long operand);

    private static readonly ArgumentSpec[] Operand = [new(ArgumentKind.IntegerOrVariable, "value")];

    /// <summary>The operand's number; false when its variable holds none.</summary>
    private static bool TryGetOperand(ProxyStream s, Argument a, Span<byte> scratch, out long operand)
    {
        operand = a.Number;
        if (a.Value is not VariableName name)
            return true;
        SampleValue held = default;
        if (!VariableAccess.TryGet(s, name, scratch, ref held) || !SampleCast.To(SampleType.Integer, scratch, ref held))
            return false;
        operand = held.Number;
        return true;
    }

    private static long Add(long a, long b)
    {
        long sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0
            ? a < 0
                ? long.MinValue
                : long.MaxValue
            : sum;
    }

    private static long Subtract(long a, long b)
    {
        long difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) < 0
            ? a < 0
                ? long.MinValue
                : long.MaxValue
            : difference;
    }

    private static long Multiply(long a, long b)
    {
        Int128 product = (Int128)a * b;
        return product > long.MaxValue ? long.MaxValue
            : product < long.MinValue ? long.MinValue
            : (long)product;
    }

    /// <summary>COMPAT: by zero is the greatest number.</summary>
    private static long Divide(long a, long b) => b == 0 || a == long.MinValue && b == -1 ? long.MaxValue : a / b;

    private static long Remainder(long a, long b) => b is 0 or -1 ? 0 : a % b;

    private static SampleConverter Binary(string name, string summary, Operation operation) =>
        new()
        {
            Name = name,
            Input = SampleType.Integer,
            Output = SampleType.Integer,
            Summary = summary,
            Arguments = Operand,
            Convert = (a, m, ref v) => false,
            ConvertOn = (s, a, m, ref v) =>
            {
                if (!TryGetOperand(s, a[0], m, out long operand))
                    return false;
                v.SetNumber(operation(v.Number, operand));
                return true;
            },
        };

    private static SampleConverter Unary(string name, string summary, Func<long, long> operation) =>
        new()
        {
            Name = name,
            Input = SampleType.Integer,
            Output = SampleType.Integer,
            Summary = summary,
            Convert = (a, m, ref v) =>
            {
                v.SetNumber(operation(v.Number));
                return true;
            },
        };

    private static SampleConverter Predicate(string name, string summary, Func<long, bool> predicate) =>
        new()
        {
            Name = name,
            Input = SampleType.Integer,
            Output = SampleType.Bool,
            Summary = summary,
            Convert = (a, m, ref v) =>
            {
                v.SetBool(predicate(v.Number));
                return true;
            },
        };

    internal static readonly SampleConverter[] Rows =
    [
        Binary("add", "plus a number", Add),
        Binary("sub", "less a number", Subtract),
        Binary("mul", "times a number", Multiply),
        Binary("div", "divided by a number", Divide),
        Binary("mod", "remainder of the division by a number", Remainder),
        Binary("and", "bits set in both", (a, b) => a & b),
        Binary("or", "bits set in either", (a, b) => a | b),
        Binary("xor", "bits set in one of both", (a, b) => a ^ b),
        Unary("neg", "the opposite number", n => unchecked(-n)),
        Unary("cpl", "all bits inverted", n => ~n),
        Predicate("bool", "false if zero", n => n != 0),
        Predicate("not", "true if zero", n => n == 0),
        Predicate("even", "even", n => (n & 1) == 0),
        Predicate("odd", "odd", n => (n & 1) != 0),
    ];
}
