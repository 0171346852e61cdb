// Any row of edits comes out as a list of lines would have it, and an edit is refused exactly when the head that would
// result is longer than it may be: however often a head is changed, its memory holds what it has to.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class HeadEditTests
{
    private const int Limit = 400;
    private static readonly string[] Names = ["a", "X-Forwarded-For", "cookie", "x-long-header-name-beyond-sixteen"];

    private enum Edit
    {
        Add,
        Set,
        Remove,
        Replace,
        Target,
        Path,
        Query,
        Method,
    }

    /// <summary>The head as a start line of parts and a list of lines.</summary>
    private sealed class Model
    {
        public string Method = "GET",
            Path = "/x",
            Query = "";
        public List<(string Name, string Value, string Line)> Lines = [];

        public string Text => $"{Method} {Path}{Query} HTTP/1.1\r\n{string.Concat(Lines.Select(l => l.Line))}\r\n";

        public static (string, string, string) Line(string name, string value) => (name, value, $"{name}: {value}\r\n");

        public Model Copy() =>
            new()
            {
                Method = Method,
                Path = Path,
                Query = Query,
                Lines = [.. Lines],
            };

        public void RemoveAll(string name) => Lines.RemoveAll(l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static readonly Gen<string> Text = Gen.OneOf(Gen.Int[0, 20], Gen.Int[0, 300])
        .SelectMany(n => Gen.Char['a', 'z'].Array[n].Select(c => new string(c)));
    private static readonly Gen<(Edit, int, string)> Edits = Gen.Select(Gen.Int[0, 7].Select(i => (Edit)i), Gen.Int[0, 99], Text);

    [Fact]
    public void Edits_come_out_as_a_list_of_lines_has_them()
    {
        int refused = 0,
            done = 0;
        Gen.Select(Gen.Select(Gen.Int[0, 3], Text).Array[0, 3], Edits.Array[1, 40])
            .Sample(
                (fields, edits) =>
                {
                    var model = new Model();
                    foreach ((int name, string value) in fields)
                        if (model.Text.Length + value.Length < Limit - 40)
                            model.Lines.Add((Names[name], value, $"{Names[name]}:{value} \r\n"));
                    using var bytes = new NativeBytes(NativeBytes.Latin1(model.Text));
                    using var arena = new NativeBytes(Limit);
                    using var spare = new NativeBytes(Limit);
                    var head = new MessageHead(10);
                    var parser = new HeadParser(head);
                    head.SetArena(arena.Pointer, spare.Pointer, Limit);
                    Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
                    foreach ((Edit edit, int which, string text) in edits)
                    {
                        Model wanted = model.Copy();
                        bool expected = Change(wanted, edit, which, text);
                        bool fits = wanted.Text.Length <= Limit || wanted.Text.Length <= model.Text.Length;
                        Assert.Equal(expected && fits, Apply(head, edit, which, text));
                        if (expected && fits)
                            model = wanted;
                        // what is set is removed first, whether or not its new value fits
                        else if (edit == Edit.Set)
                            model.RemoveAll(Names[which % Names.Length]);
                        if (expected && !fits)
                            refused++;
                        else
                            done++;
                        byte[] output = new byte[HeadWriter.Length(head)];
                        Assert.Equal(output.Length, HeadWriter.Write(head, output));
                        Assert.Equal(model.Text, Encoding.Latin1.GetString(output));
                    }
                },
                iter: 20_000,
                threads: 1
            );
        Assert.True(refused > 10_000 && done > 10_000, $"{refused} refused, {done} done");
    }

    private static bool Change(Model model, Edit edit, int which, string text)
    {
        string name = Names[which % Names.Length];
        int at = model.Lines.FindIndex(l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        switch (edit)
        {
            case Edit.Set:
                model.RemoveAll(name);
                goto case Edit.Add;
            case Edit.Add:
                model.Lines.Add(Model.Line(name, text));
                return true;
            case Edit.Remove:
                model.RemoveAll(name);
                return true;
            case Edit.Replace when at >= 0:
                model.Lines[at] = Model.Line(model.Lines[at].Name, text);
                return true;
            case Edit.Target:
                model.Path = "/" + text;
                model.Query = "";
                return true;
            case Edit.Path:
                model.Path = "/" + text;
                return true;
            case Edit.Query:
                model.Query = "?" + text;
                return true;
            case Edit.Method when text.Length > 0:
                model.Method = text;
                return true;
            default:
                return false;
        }
    }

    private static bool Apply(MessageHead head, Edit edit, int which, string text)
    {
        byte[] name = NativeBytes.Latin1(Names[which % Names.Length]),
            value = NativeBytes.Latin1(text),
            path = NativeBytes.Latin1("/" + text);
        switch (edit)
        {
            case Edit.Add:
                return head.AddField(name, value);
            case Edit.Set:
                return head.SetField(name, value);
            case Edit.Remove:
                head.RemoveAll(name);
                return true;
            case Edit.Replace:
                return head.Find(name) is >= 0 and var at && head.ReplaceValue(at, value);
            case Edit.Target:
                return head.SetTarget(path);
            // the other half is what the head itself has, wherever it lies
            case Edit.Path:
                return head.ReplacePath(path, head.Query, head.HasQuery);
            case Edit.Query:
                return head.ReplacePath(head.Path, value, true);
            default:
                return head.SetMethod(value);
        }
    }

    [Fact]
    public void A_value_as_large_as_the_arena_is_replaced_again_and_again()
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1("GET / HTTP/1.1\r\nX: " + new string('a', 300) + "\r\n\r\n"));
        using var arena = new NativeBytes(Limit);
        using var spare = new NativeBytes(Limit);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, Limit);
        Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        for (int i = 0; i < 10; i++)
        {
            byte[] value = NativeBytes.Latin1(new string((char)('b' + i), 370));
            Assert.True(head.ReplaceValue(0, value));
            Assert.True(head.Field(0).ValueSpan.SequenceEqual(value));
        }
    }

    [Fact]
    public void There_is_room_for_as_many_fields_as_fit()
    {
        using var bytes = new NativeBytes("GET / HTTP/1.1\r\n\r\n"u8);
        using var arena = new NativeBytes(16384);
        using var spare = new NativeBytes(16384);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, 16384);
        Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        int added = 0;
        while (head.AddField("a"u8, "b"u8))
            added++;
        Assert.Equal((16384 - bytes.Length) / "a: b\r\n".Length, added);
        Assert.Equal(added, head.RemoveAll("a"u8));
        for (int i = 0; i < 10 * added; i++)
            Assert.True(head.SetField("a"u8, "b"u8));
        Assert.Equal("GET / HTTP/1.1\r\na: b\r\n\r\n".Length, HeadWriter.Length(head));
    }
}
