// The store against a dictionary: any sequence of set, unset and get.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Variables;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Variables;

public sealed class VariableStoreTests
{
    private static string? Read(VariableStore store, int index)
    {
        SampleValue value = default;
        return !store.TryGet(index, ref value) ? null
            : value.HasText ? "t" + Encoding.Latin1.GetString(value.Text)
            : "n" + value.Number;
    }

    [Fact]
    public void Behaves_like_a_dictionary()
    {
        Gen<(int Index, int Kind, int Length)> step = Gen.Select(
            Gen.Int[0, 9],
            Gen.Int[0, 3],
            Gen.OneOf(Gen.Int[0, 70], Gen.Int[400, 600], Gen.Int[4000, 4200])
        );
        step.Array[0, 60]
            .Sample(
                steps =>
                {
                    var memory = new VariableMemory(16384);
                    var store = new VariableStore();
                    var expected = new Dictionary<int, string>();
                    int number = 0;
                    foreach ((int index, int kind, int length) in steps)
                    {
                        SampleValue value = default;
                        if (kind == 0)
                        {
                            store.Unset(index, memory);
                            expected.Remove(index);
                        }
                        else if (kind == 1)
                        {
                            value.SetNumber(++number);
                            Assert.True(store.Set(index, value, memory));
                            expected[index] = "n" + number;
                        }
                        else
                        {
                            string text = new((char)('a' + (++number % 26)), length);
                            value.SetText(Encoding.Latin1.GetBytes(text));
                            Assert.True(store.Set(index, value, memory));
                            expected[index] = "t" + text;
                        }
                        for (int i = 0; i < 10; i++)
                            Assert.Equal(expected.GetValueOrDefault(i), Read(store, i));
                    }
                    store.Clear(memory);
                    Assert.True(store.IsEmpty);
                },
                iter: 300
            );
    }

    [Fact]
    public void A_variable_may_be_set_to_a_part_of_itself()
    {
        var memory = new VariableMemory(16384);
        var store = new VariableStore();
        SampleValue value = default;
        value.SetText("abcdefgh"u8);
        store.Set(0, value, memory);
        SampleValue own = default;
        Assert.True(store.TryGet(0, ref own));
        own.Text = own.Text[3..];
        store.Set(0, own, memory);
        Assert.Equal("tdefgh", Read(store, 0));
        store.Clear(memory);
    }

    [Fact]
    public void A_text_longer_than_a_buffer_is_refused()
    {
        var store = new VariableStore();
        SampleValue value = default;
        value.SetText(new byte[16385]);
        Assert.False(store.Set(0, value, new VariableMemory(16384)));
        Assert.True(store.IsEmpty);
    }

    [Theory]
    [InlineData("txn.a", VariableScope.Transaction)]
    [InlineData("proc.a.b_C9", VariableScope.Process)]
    [InlineData("check.x", VariableScope.Check)]
    public void Names_have_a_scope(string text, VariableScope scope) =>
        Assert.Equal(scope, new VariableNames().Resolve(text, out _)?.Scope);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("foo.a")]
    [InlineData("txn.a-b")]
    public void Other_names_are_refused(string text)
    {
        Assert.Null(new VariableNames().Resolve(text, out string error));
        Assert.NotEmpty(error);
    }
}
