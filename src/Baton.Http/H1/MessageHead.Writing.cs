// Writing a MessageHead out again, edits applied.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    /// <summary>Bytes of a composed field line besides name and value: ": " and CRLF.</summary>
    private const int FieldOverhead = 4;

    /// <summary>Bytes of all field lines as they will be written; -1 until an edit wants to know.</summary>
    private int _fieldsLength;

    /// <summary>Bytes that <see cref="Write"/> will produce.</summary>
    public int SerializedLength => IsModified ? ComposedLength : HeadLength;

    private int ComposedLength
    {
        get
        {
            if (_fieldsLength < 0)
            {
                MeasureFields();
            }
            return StartLength + _fieldsLength + 2;
        }
    }

    private void MeasureFields()
    {
        int length = 0;
        for (int i = 0; i < _count; i++)
        {
            ref HeaderField field = ref _fields[i];
            if (!field.IsRemoved)
            {
                length += LengthOf(ref field);
            }
        }
        _fieldsLength = length;
    }

    private static int LengthOf(ref HeaderField field) =>
        field.LineLength != 0 ? field.LineLength : field.NameLength + field.ValueLength + FieldOverhead;

    private void NoteFields(int growth)
    {
        _fieldsModified = true;
        Version++;
        if (_fieldsLength >= 0)
        {
            _fieldsLength += growth;
        }
    }

    /// <summary>Writes the head with its empty line; returns the bytes written, or -1 when it does not fit.</summary>
    public int Write(Span<byte> destination)
    {
        int length = SerializedLength;
        if (destination.Length < length)
        {
            return -1;
        }
        if (!IsModified)
        {
            new ReadOnlySpan<byte>(_base, length).CopyTo(destination);
            return length;
        }
        // SAFETY: SerializedLength bytes were checked to fit, and exactly these are written below.
        fixed (byte* begin = destination)
        {
            byte* to = begin;
            byte* run = _base + _startOffset;
            byte* runEnd = run + _startLength;
            if (_startModified)
            {
                to = WriteStartLine(to);
                run = runEnd;
            }
            for (int i = 0; i < _count; i++)
            {
                ref HeaderField field = ref _fields[i];
                if ((field.Flags & HeaderField.RemovedFlag) != 0)
                {
                    continue;
                }
                if (field.LineLength != 0 && field.Name == runEnd)
                {
                    runEnd += field.LineLength;
                    continue;
                }
                to = Copy(to, run, (int)(runEnd - run));
                if (field.LineLength != 0)
                {
                    run = field.Name;
                    runEnd = run + field.LineLength;
                    continue;
                }
                run = runEnd;
                to = WriteField(to, ref field);
            }
            to = Copy(to, run, (int)(runEnd - run));
            *to++ = (byte)'\r';
            *to++ = (byte)'\n';
            return (int)(to - begin);
        }
    }

    private int StartLength =>
        !_startModified ? _startLength : StartOverhead + (IsResponse ? _reasonLength : _methodLength + _targetLength);

    /// <summary>Bytes of a composed start line besides its reason, or its method and target.</summary>
    private int StartOverhead => IsResponse ? "HTTP/1.1 200 \r\n".Length : "  HTTP/1.1\r\n".Length;

    private byte* WriteStartLine(byte* to)
    {
        if (IsResponse)
        {
            to = WriteVersion(to);
            *to++ = (byte)' ';
            *to++ = (byte)('0' + Status / 100);
            *to++ = (byte)('0' + Status / 10 % 10);
            *to++ = (byte)('0' + Status % 10);
            *to++ = (byte)' ';
            to = Copy(to, _reason, _reasonLength);
        }
        else
        {
            to = Copy(to, _method, _methodLength);
            *to++ = (byte)' ';
            to = Copy(to, _target, _targetLength);
            *to++ = (byte)' ';
            to = WriteVersion(to);
        }
        *to++ = (byte)'\r';
        *to++ = (byte)'\n';
        return to;
    }

    /// <summary>The version is this proxy's own (RFC 9110 §2.5): it knows 1.1, and what was said in 1.0 stays 1.0.</summary>
    private byte* WriteVersion(byte* to)
    {
        Unsafe.WriteUnaligned(to, WordHttp11);
        to[7] = (byte)('0' + Math.Min(MinorVersion, 1));
        return to + 8;
    }

    private static byte* WriteField(byte* to, ref HeaderField field)
    {
        to = Copy(to, field.Name, field.NameLength);
        *to++ = (byte)':';
        *to++ = (byte)' ';
        to = Copy(to, field.Value, field.ValueLength);
        *to++ = (byte)'\r';
        *to++ = (byte)'\n';
        return to;
    }

    private static byte* Copy(byte* to, byte* from, int length)
    {
        Unsafe.CopyBlockUnaligned(to, from, (uint)length);
        return to + length;
    }
}
