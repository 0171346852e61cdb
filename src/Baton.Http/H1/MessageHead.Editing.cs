// Changing a MessageHead and writing it out. New bytes go to an arena that the owner lends, never to the
// managed heap; lines that nobody touched are copied as they came, neighbours in one go.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private byte* _arena;
    private int _arenaSize;
    private int _arenaUsed;
    private bool _startModified;
    private bool _fieldsModified;

    /// <summary>Another one after every edit, and for every message.</summary>
    public long Version { get; private set; }

    private void StartEdited()
    {
        _startModified = true;
        Version++;
    }

    private void FieldsEdited()
    {
        _fieldsModified = true;
        Version++;
    }

    /// <summary>
    /// Lends memory for edited bytes. It must outlive the message; everything edited before is lost with the
    /// old arena, so set it between messages.
    /// </summary>
    public void SetArena(byte* p, int size)
    {
        _arena = p;
        _arenaSize = size;
        _arenaUsed = 0;
    }

    /// <summary>Bytes of the arena in use.</summary>
    public int ArenaUsed => _arenaUsed;

    /// <summary>False: the <see cref="HeadLength"/> bytes received may be forwarded as they are.</summary>
    public bool IsModified => _startModified || _fieldsModified || _startOffset != 0;

    /// <summary>Appends a field. False when arena or field table is full, or name or value are not valid field text.</summary>
    public bool AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_count >= _capacity || name.Length == 0 || name.Length > ushort.MaxValue || !IsFieldText(value)
            || name.Length + value.Length > _arenaSize - _arenaUsed)
        {
            return false;
        }
        ref HeaderField field = ref _fields[_count];
        field.Name = Keep(name);
        field.NameLength = (ushort)name.Length;
        field.Value = Keep(value);
        field.ValueLength = value.Length;
        field.LineLength = 0;
        field.Id = HeaderNames.Find(name);
        field.Flags = HeaderField.EditedFlag;
        _count++;
        FieldsEdited();
        NoteEdited(field.Id);
        return field.Id != HeaderId.Host || HostToAuthority(value);
    }

    /// <summary>Removes every field of that name, then appends one.</summary>
    public bool SetField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int before = _count;
        if (!AddField(name, value))
        {
            return false;
        }
        for (int i = Find(name); i >= 0 && i < before; i = Find(name, i))
        {
            RemoveField(i);
        }
        return true;
    }

    /// <summary>Removes one field; its index stays valid and is skipped.</summary>
    public void RemoveField(int i)
    {
        _array[i].Flags |= HeaderField.RemovedFlag;
        FieldsEdited();
        NoteEdited(_array[i].Id);
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
    public bool ReplaceValue(int i, ReadOnlySpan<byte> value)
        => WriteValue(i, value) && (_array[i].Id != HeaderId.Host || HostToAuthority(value));

    private bool WriteValue(int i, ReadOnlySpan<byte> value)
    {
        if (!IsFieldText(value) || value.Length > _arenaSize - _arenaUsed)
        {
            return false;
        }
        ref HeaderField field = ref _array[i];
        field.Value = Keep(value);
        field.ValueLength = value.Length;
        field.LineLength = 0;
        field.Flags |= HeaderField.EditedFlag;
        FieldsEdited();
        NoteEdited(field.Id);
        return true;
    }

    /// <summary>Gives a field another name in its place; used to adjust the case of names.</summary>
    public bool ReplaceName(int i, ReadOnlySpan<byte> name)
    {
        if (name.Length == 0 || name.Length > ushort.MaxValue || name.Length > _arenaSize - _arenaUsed)
        {
            return false;
        }
        ref HeaderField field = ref _array[i];
        NoteEdited(field.Id);
        field.Name = Keep(name);
        field.NameLength = (ushort)name.Length;
        field.Id = HeaderNames.Find(name);
        field.LineLength = 0;
        field.Flags |= HeaderField.EditedFlag;
        FieldsEdited();
        NoteEdited(field.Id);
        return true;
    }

    /// <summary>Sets the request method.</summary>
    public bool SetMethod(ReadOnlySpan<byte> method)
    {
        if (method.Length == 0 || method.Length > _arenaSize - _arenaUsed)
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
        _method = Keep(method);
        _methodLength = method.Length;
        Method = Recognise(method);
        StartEdited();
        return true;
    }

    /// <summary>Sets the whole request target. False when there is no room or it has white space or control bytes.</summary>
    public bool SetTarget(ReadOnlySpan<byte> target)
    {
        if (target.Length == 0 || target.Length > _arenaSize - _arenaUsed)
        {
            return false;
        }
        foreach (byte b in target)
        {
            if (b <= ' ' || b == 0x7F)
            {
                return false;
            }
        }
        _target = Keep(target);
        _targetLength = target.Length;
        _partsKnown = false;
        Form = target[0] == '/' ? TargetForm.Origin
            : target.SequenceEqual("*"u8) ? TargetForm.Asterisk
            : target.IndexOf("://"u8) > 0 ? TargetForm.Absolute
            : TargetForm.Authority;
        StartEdited();
        return AuthorityToHost();
    }

    /// <summary>
    /// Sets path and query, keeping scheme and authority of an absolute form. False when there is no room or it would not
    /// be a target.
    /// </summary>
    public bool ReplacePath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery)
    {
        FindParts();
        ReadOnlySpan<byte> before = Form == TargetForm.Absolute ? new ReadOnlySpan<byte>(_target, _pathOffset) : default;
        int length = before.Length + path.Length + (hasQuery ? 1 + query.Length : 0);
        if (length == 0 || length > _arenaSize - _arenaUsed) return false;
        var into = new Span<byte>(_arena + _arenaUsed, length);
        before.CopyTo(into);
        path.CopyTo(into[before.Length..]);
        if (hasQuery)
        {
            into[before.Length + path.Length] = (byte)'?';
            query.CopyTo(into[(before.Length + path.Length + 1)..]);
        }
        foreach (byte b in into) if (b <= ' ' || b == 0x7F) return false;
        _target = _arena + _arenaUsed;
        _arenaUsed += length;
        _targetLength = length;
        _partsKnown = false;
        if (Form != TargetForm.Absolute) Form = into[0] == '/' ? TargetForm.Origin : Form;
        StartEdited();
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
    public bool SetReason(ReadOnlySpan<byte> reason)
    {
        if (!IsFieldText(reason) || reason.Length > _arenaSize - _arenaUsed)
        {
            return false;
        }
        _reason = Keep(reason);
        _reasonLength = reason.Length;
        StartEdited();
        return true;
    }

    /// <summary>Sets the x of HTTP/1.x that is written.</summary>
    public void SetMinorVersion(int minor)
    {
        if (minor != MinorVersion)
        {
            MinorVersion = minor;
            StartEdited();
        }
    }

    private byte* Keep(ReadOnlySpan<byte> bytes)
    {
        byte* p = _arena + _arenaUsed;
        bytes.CopyTo(new Span<byte>(p, _arenaSize - _arenaUsed));
        _arenaUsed += bytes.Length;
        return p;
    }

    // Nothing that a rule puts together may end a line and begin another.
    private static bool IsFieldText(ReadOnlySpan<byte> value) => value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0;
}
