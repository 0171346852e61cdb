// What one process writes another reads: whatever the fields are, wherever the bytes end, and whoever of the two is older.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Core.Frames;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Core.Frames;

public sealed class FrameTests
{
    private static readonly Gen<object> Field = Gen.OneOf<object>(
        Gen.Byte.Select(b => (object)b),
        Gen.Bool.Select(b => (object)b),
        Gen.UShort.Select(s => (object)s),
        Gen.Int.Select(i => (object)i),
        Gen.Long.Select(l => (object)l),
        Gen.Byte.Array[0, 5000].Select(a => (object)a),
        Gen.String.Select(s => (object)s)
    );

    private static void Write(FrameWriter w, object field)
    {
        switch (field)
        {
            case byte b:
                w.Byte(b);
                break;
            case bool f:
                w.Flag(f);
                break;
            case ushort s:
                w.UInt16(s);
                break;
            case int i:
                w.Int32(i);
                break;
            case long l:
                w.Int64(l);
                break;
            case byte[] a:
                w.Blob(a);
                break;
            default:
                w.Text((string)field);
                break;
        }
    }

    private static object Read(ref FrameReader r, object like) =>
        like switch
        {
            byte => r.Byte(),
            bool => r.Flag(),
            ushort => (ushort)r.UInt16(),
            int => r.Int32(),
            long => r.Int64(),
            byte[] => r.Blob().ToArray(),
            _ => r.Text(),
        };

    /// <summary>Text that is no UTF-16 has no UTF-8: it is not sent anywhere.</summary>
    private static object Normal(object field) => field is string s ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)) : field;

    [Fact]
    public void What_was_written_is_read()
    {
        Field
            .Array[0, 20]
            .Sample(
                fields =>
                {
                    var w = new FrameWriter();
                    foreach (object field in fields)
                        Write(w, field);
                    var r = new FrameReader(w.Written);
                    foreach (object field in fields)
                        Assert.Equal(Normal(field), Read(ref r, field));
                    Assert.True(r.AtEnd);
                    Assert.False(r.IsShort);
                },
                iter: 300
            );
    }

    [Fact]
    public void A_reader_of_a_torn_frame_says_so_and_reads_zeros()
    {
        Gen.Select(Field.Array[1, 8], Gen.Double[0, 1])
            .Sample(
                (fields, part) =>
                {
                    var w = new FrameWriter();
                    foreach (object field in fields)
                        Write(w, field);
                    var r = new FrameReader(w.Written[..(int)(w.Length * part)]);
                    foreach (object field in fields)
                    {
                        bool wasShort = r.IsShort;
                        object got = Read(ref r, field);
                        if (wasShort)
                            Assert.Equal(Zero(field), got);
                    }
                    Assert.Equal((int)(w.Length * part) < w.Length, r.IsShort);
                },
                iter: 300
            );
    }

    private static object Zero(object like) =>
        like switch
        {
            byte => (byte)0,
            bool => false,
            ushort => (ushort)0,
            int => 0,
            long => 0L,
            byte[] => Array.Empty<byte>(),
            _ => "",
        };

    [Fact]
    public void Random_bytes_never_throw()
    {
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 7].Array[1, 20])
            .Sample(
                (bytes, kinds) =>
                {
                    var r = new FrameReader(bytes);
                    int before = r.Remaining;
                    foreach (int kind in kinds)
                    {
                        switch (kind)
                        {
                            case 0:
                                r.Byte();
                                break;
                            case 1:
                                r.Flag();
                                break;
                            case 2:
                                r.UInt16();
                                break;
                            case 3:
                                r.Int32();
                                break;
                            case 4:
                                r.Int64();
                                break;
                            case 5:
                                r.Blob();
                                break;
                            case 6:
                                r.Text();
                                break;
                            default:
                                FrameReader inner = r.Record();
                                inner.Int64();
                                break;
                        }
                        Assert.InRange(r.Remaining, 0, before);
                        before = r.Remaining;
                    }
                },
                iter: 500
            );
    }

    /// <summary>Fields are added at the end of records: the older side steps over them, the newer finds none.</summary>
    [Fact]
    public void Records_of_another_version_are_understood()
    {
        var w = new FrameWriter();
        foreach (bool newer in (bool[])[true, false])
        {
            int began = w.BeginRecord();
            w.Text(newer ? "newer" : "older");
            if (newer)
                w.Int64(42);
            w.EndRecord(began);
        }
        w.Int32(7);
        var seen = new List<string>();
        var r = new FrameReader(w.Written);
        for (int i = 0; i < 2; i++)
        {
            FrameReader record = r.Record();
            string name = record.Text();
            seen.Add(record.AtEnd ? name : $"{name} {record.Int64()}");
            Assert.False(record.IsShort);
        }
        Assert.Equal(["newer 42", "older"], seen);
        Assert.Equal(7, r.Int32());
    }

    [Fact]
    public void A_count_written_later_and_a_rest_taken_back()
    {
        var w = new FrameWriter();
        w.Int32(0);
        w.Text("kept");
        int end = w.Length;
        w.Text(new string('x', 10_000));
        w.Truncate(end);
        w.PatchInt32(0, 1);
        var r = new FrameReader(w.Written);
        Assert.Equal((1, "kept", true), (r.Int32(), r.Text(), r.AtEnd));
        w.Clear();
        Assert.Equal(0, w.Length);
    }
}
