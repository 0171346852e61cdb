// Changing a MessageHead. New bytes go to an arena that the owner lends (MessageHead.Arena.cs), never to the managed heap;
// lines that nobody touched are copied as they came, neighbours in one go (MessageHead.Writing.cs). An edit is refused when
// the head would outgrow MaxLength by it, and then changes nothing.
// SAFETY: new text lies where Keep has put it, in the arena; a field is added below _capacity, which MakeSlots sees to.
using System;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private bool _startModified;
    private bool _fieldsModified;

    /// <summary>Another one after every edit, and for every message.</summary>
    public long Version { get; private set; }

    private void StartEdited()
    {
        _startModified = true;
        Version++;
    }

    /// <summary>False: the <see cref="HeadLength"/> bytes received may be forwarded as they are.</summary>
    public bool IsModified => _startModified || _fieldsModified || _startOffset != 0;

    /// <summary>
    /// Most bytes the head may take up once it is written: an edit that makes it longer than that is refused. One that
    /// makes it shorter never is.
    /// </summary>
    public int MaxLength { get; set; }

    private bool Fits(int growth) => growth <= 0 || ComposedLength + growth <= MaxLength;

    /// <summary>
    /// Appends a field. False when the head would be too long by it, or name or value are not valid field text. Indices of
    /// fields do not outlive the call: removed ones may have given their places away.
    /// </summary>
    public bool AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length == 0 || name.Length > ushort.MaxValue || !IsFieldText(value) || !Fits(name.Length + value.Length + FieldOverhead))
        {
            return false;
        }
        HeaderId id = HeaderNames.Find(name);
        byte* text = Keep(name, value);
        if (text == null)
        {
            return false;
        }
        if (_count == _capacity)
        {
            MakeSlots();
        }
        ref HeaderField field = ref _fields[_count];
        field.Name = text;
        field.NameLength = (ushort)name.Length;
        field.Value = text + name.Length;
        field.ValueLength = value.Length;
        field.LineLength = 0;
        field.Id = id;
        field.Flags = HeaderField.EditedFlag;
        _count++;
        NoteFields(LengthOf(ref field));
        NoteFraming(id);
        return id != HeaderId.Host || HostToAuthority(value);
    }

    /// <summary>Removes every field of that name, then appends one. COMPAT: when that one does not fit they are gone all the
    /// same.</summary>
    public bool SetField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RemoveAll(name);
        return AddField(name, value);
    }

    /// <summary>Removes one field; its index stays valid and is skipped.</summary>
    public void RemoveField(int i)
    {
        ref HeaderField field = ref Field(i);
        if (field.IsRemoved)
        {
            return;
        }
        NoteFields(-LengthOf(ref field));
        NoteFraming(field.Id);
        field.Flags |= HeaderField.RemovedFlag;
    }

    /// <summary>Removes every field of that name and says how many there were.</summary>
    public int RemoveAll(HeaderId id)
    {
        int removed = 0;
        for (int i = Find(id); i >= 0; i = Find(id, i))
        {
            RemoveField(i);
            removed++;
        }
        return removed;
    }

    /// <summary>Same by name, ignoring case.</summary>
    public int RemoveAll(ReadOnlySpan<byte> name)
    {
        int removed = 0;
        for (int i = Find(name); i >= 0; i = Find(name, i))
        {
            RemoveField(i);
            removed++;
        }
        return removed;
    }

    /// <summary>Gives a field another value in its place. False as for <see cref="AddField"/>.</summary>
    public bool ReplaceValue(int i, ReadOnlySpan<byte> value) =>
        WriteValue(i, value) && (Field(i).Id != HeaderId.Host || HostToAuthority(value));

    private bool WriteValue(int i, ReadOnlySpan<byte> value)
    {
        ref HeaderField field = ref Field(i);
        int before = LengthOf(ref field),
            after = field.NameLength + value.Length + FieldOverhead;
        if (!IsFieldText(value) || !Fits(after - before))
        {
            return false;
        }
        // what it was need not be kept to make room for what it will be
        int length = field.ValueLength;
        field.ValueLength = 0;
        byte* text = Keep(value);
        if (text == null)
        {
            field.ValueLength = length;
            return false;
        }
        field.Value = text;
        field.ValueLength = value.Length;
        field.LineLength = 0;
        field.Flags |= HeaderField.EditedFlag;
        NoteFields(after - before);
        NoteFraming(field.Id);
        return true;
    }

    /// <summary>Sets the request method.</summary>
    public bool SetMethod(ReadOnlySpan<byte> method)
    {
        if (method.Length == 0 || !FitsStart(method.Length + _targetLength))
        {
            return false;
        }
        foreach (byte b in method)
        {
            if (!ByteClass.IsToken(b))
            {
                return false;
            }
        }
        if (!Exchange(ref _method, ref _methodLength, method))
        {
            return false;
        }
        Method = Recognise(MethodSpan);
        return true;
    }

    /// <summary>Sets the whole request target. False when the head would be too long or it has white space or control bytes.</summary>
    public bool SetTarget(ReadOnlySpan<byte> target)
    {
        if (
            target.Length == 0
            || !FitsStart(_methodLength + target.Length)
            || !IsTargetText(target)
            || !Exchange(ref _target, ref _targetLength, target)
        )
        {
            return false;
        }
        _partsKnown = false;
        target = Target;
        Form =
            target[0] == '/' ? TargetForm.Origin
            : target.SequenceEqual("*"u8) ? TargetForm.Asterisk
            : target.IndexOf("://"u8) > 0 ? TargetForm.Absolute
            : TargetForm.Authority;
        return AuthorityToHost();
    }

    /// <summary>
    /// Sets path and query, keeping scheme and authority of an absolute form; either may be part of the target as it is.
    /// False when the head would be too long or it would not be a target.
    /// </summary>
    public bool ReplacePath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery)
    {
        FindParts();
        ReadOnlySpan<byte> before = Form == TargetForm.Absolute ? new ReadOnlySpan<byte>(_target, _pathOffset) : default;
        ReadOnlySpan<byte> mark = hasQuery ? "?"u8 : default;
        if (!hasQuery)
        {
            query = default;
        }
        int length = before.Length + path.Length + mark.Length + query.Length;
        if (
            length == 0
            || !FitsStart(_methodLength + length)
            || !IsTargetText(path)
            || !IsTargetText(query)
            || !Exchange(ref _target, ref _targetLength, before, path, mark, query)
        )
        {
            return false;
        }
        _partsKnown = false;
        if (Form != TargetForm.Absolute && _target[0] == '/')
        {
            Form = TargetForm.Origin;
        }
        return true;
    }

    /// <summary>A part of the start line gives its place in the arena away for what replaces it.</summary>
    private bool Exchange(
        ref byte* part,
        ref int partLength,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default
    )
    {
        int length = partLength;
        partLength = 0;
        byte* text = Keep(first, second, third, fourth);
        if (text == null)
        {
            partLength = length;
            return false;
        }
        part = text;
        partLength = first.Length + second.Length + third.Length + fourth.Length;
        StartEdited();
        return true;
    }

    private bool FitsStart(int variable) => Fits(StartOverhead + variable - StartLength);

    private static bool IsTargetText(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b <= ' ' || b == 0x7F)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Sets the status code, 100-999; the reason stays.</summary>
    public bool SetStatus(int status)
    {
        if (status is < 100 or > 999)
        {
            return false;
        }
        Status = status;
        StartEdited();
        return true;
    }

    /// <summary>Sets the reason phrase.</summary>
    public bool SetReason(ReadOnlySpan<byte> reason) =>
        IsFieldText(reason) && FitsStart(reason.Length) && Exchange(ref _reason, ref _reasonLength, reason);

    /// <summary>Sets the x of HTTP/1.x that is written.</summary>
    public void SetMinorVersion(int minor)
    {
        if (minor != MinorVersion)
        {
            MinorVersion = minor;
            StartEdited();
        }
    }

    // Nothing that a rule puts together may end a line and begin another.
    private static bool IsFieldText(ReadOnlySpan<byte> value) => value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0;
}
