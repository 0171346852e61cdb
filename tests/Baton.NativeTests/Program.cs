// Runs the unit tests that were compiled into this program, in native code: xunit's own runners need a JIT. Knows what the unit
// tests use (Fact, Theory, InlineData, MemberData, a constructor and Dispose), fails on anything else, and ends with xunit's summary
// line. "baton-native-tests [TEXT]" runs those whose full name contains the text.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace Baton.NativeTests;

public static class Program
{
    /// <summary>What xunit's Assert makes by reflection of values: never called, but the compiler sees which there are.</summary>
    private static void Instantiate()
    {
        CollectionTrackerExtensions.AsTracker<byte>([]);
        CollectionTrackerExtensions.AsTracker<int>([]);
        CollectionTrackerExtensions.AsTracker<(string, string[], string[])>([]);
    }

    private static int s_total,
        s_failed,
        s_skipped;

    public static int Main(string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        string wanted = arguments.Length > 0 ? arguments[0] : "";
        foreach (Type type in typeof(Program).Assembly.GetTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            foreach (
                MethodInfo method in type.GetMethods(
                    BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
            )
            {
                if (method.GetCustomAttribute<FactAttribute>() is null || !Name(method).Contains(wanted, StringComparison.Ordinal))
                    continue;
                foreach (object?[] row in Rows(method))
                    Run(method, row);
            }
        }
        Console.WriteLine(
            $"   Baton.NativeTests  Total: {s_total}, Errors: 0, Failed: {s_failed}, Skipped: {s_skipped}, Time: {watch.Elapsed.TotalSeconds:F3}s"
        );
        return s_failed == 0 && s_total > 0 ? 0 : 1;
    }

    private static string Name(MethodInfo method) => method.DeclaringType!.FullName + "." + method.Name;

    /// <summary>The arguments of each case; one without any for a Fact.</summary>
    private static IEnumerable<object?[]> Rows(MethodInfo method)
    {
        if (method.GetCustomAttribute<TheoryAttribute>() is null)
            return
            [
                [],
            ];
        var rows = new List<object?[]>();
        foreach (InlineDataAttribute inline in method.GetCustomAttributes<InlineDataAttribute>())
            rows.Add(inline.Data);
        foreach (MemberDataAttribute member in method.GetCustomAttributes<MemberDataAttribute>())
        {
            Type type = member.MemberType ?? method.DeclaringType!;
            const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
            object? data = type.GetProperty(member.MemberName, Any)?.GetValue(null)
                ?? type.GetMethod(member.MemberName, Any)?.Invoke(null, null);
            foreach (ITheoryDataRow row in ((IEnumerable<ITheoryDataRow>?)data)!)
                rows.Add(row.GetData());
        }
        if (rows.Count == 0)
            throw new NotSupportedException($"{Name(method)}: no data that this runner understands");
        return rows;
    }

    private static void Run(MethodInfo method, object?[] row)
    {
        s_total++;
        try
        {
            object? test = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!);
            object? result;
            using (test as IDisposable)
                result = method.Invoke(test, Fit(method, row));
            if (result is not null)
                throw new NotSupportedException("a test that returns something");
        }
        catch (Exception e)
        {
            if (e is TargetInvocationException { InnerException: { } inner })
                e = inner;
            if (e.GetType().Name == "SkipException" || e.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal))
            {
                s_skipped++;
                return;
            }
            s_failed++;
            Console.WriteLine($"    {Name(method)}({string.Join(", ", row)}) [FAIL]\n{e}");
        }
    }

    /// <summary>Numbers as the parameters want them, defaults of those that were left out, and what is left over where "params" takes
    /// it.</summary>
    private static object?[] Fit(MethodInfo method, object?[] row)
    {
        ParameterInfo[] parameters = method.GetParameters();
        var fitted = new object?[parameters.Length];
        for (int i = 0; i < fitted.Length; i++)
        {
            if (
                parameters[i].IsDefined(typeof(ParamArrayAttribute), false)
                && parameters[i].ParameterType == typeof(string[])
                && !(i < row.Length && row[i] is string[])
            )
            {
                fitted[i] = row.Skip(i).Cast<string>().ToArray();
                continue;
            }
            Type type = Nullable.GetUnderlyingType(parameters[i].ParameterType) ?? parameters[i].ParameterType;
            object? value = i < row.Length ? row[i] : parameters[i].DefaultValue;
            fitted[i] =
                value is IConvertible && !type.IsEnum && !type.IsInstanceOfType(value)
                    ? Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture)
                    : value;
        }
        return fitted;
    }
}
