// Changing a MessageHead. New bytes go to an arena that the owner lends, never to the managed heap; what nobody touched stays where it
// lies. An edit is refused when the head would outgrow MaxLength by it, and then changes nothing.
// SAFETY: new text lies where Keep has put it, in the arena.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

public sealed unsafe partial class MessageHead
{
    /// <summary>Bytes of a start line besides its reason, or its method and target, in the measure of <see cref="Size"/>.</summary>
    private int StartOverhead => IsResponse ? "HTTP/1.1 200 \r\n".Length : "  HTTP/1.1\r\n".Length;

    private EditArena _arena;

    /// <summary>
    /// Lends memory for edited bytes, and as much again that is used within a call only. The arena must outlive the
    /// message; everything edited before is lost with the old one, so set it between messages. A head whose
    /// <see cref="MaxLength"/> is no larger than the arena always finds room in it.
    /// </summary>
    public void SetArena(byte* arena, byte* spare, int size)
    {
        _arena = new EditArena(arena, spare, size);
        MaxLength = size;
    }

    /// <summary>Pieces lie in the arena that are not part of the message yet: nothing is squeezed out of it.</summary>
    internal bool KeepsParts { get; set; }

    /// <summary>Copies a piece into the arena, to be made part of the message while <see cref="KeepsParts"/>. Null when there is no
    /// room.</summary>
    internal byte* KeepPart(ReadOnlySpan<byte> part) => _arena.Put(part, default, default, default);

    /// <summary>As much memory as the arena has, valid until the next edit; what lies there may be edited in.</summary>
    internal Span<byte> SpareMemory => _arena.Spare;

    /// <summary>Bytes of the arena in use.</summary>
    public int ArenaUsed => _arena.Used;

    /// <summary>Another one after every edit, and for every message.</summary>
    public long Version { get; private set; }

    /// <summary>The start line is not as it was read, or was not read from text.</summary>
    internal bool IsStartModified { get; set; }

    /// <summary>Fields are not as they were read, or were not read from text.</summary>
    internal bool AreFieldsModified { get; set; }

    /// <summary>False: the <see cref="HeadLength"/> bytes received may be forwarded as they are.</summary>
    public bool IsModified => IsStartModified || AreFieldsModified || Source.LineOffset != 0;

    /// <summary>What the fields say of the body's end is not what the message does: a writer has to mend that, for which it needs an
    /// arena.</summary>
    public bool IsFramingEdited { get; internal set; }

    /// <summary>The body leaves in chunks, whatever framed it on its way here.</summary>
    public bool IsSentInChunks { get; private set; }

    /// <summary>What is made of the body on its way through has a length that nobody knows.</summary>
    public void SendInChunks() => IsSentInChunks = IsFramingEdited = AreFieldsModified = true;

    /// <summary>
    /// Most bytes the head may take up once it is written: an edit that makes it longer than that is refused. One that
    /// makes it shorter never is.
    /// </summary>
    public int MaxLength { get; set; }

    /// <summary>What the head takes in the form that needs most: text.</summary>
    internal int Size => StartSize + Fields.Size + "\r\n".Length;

    internal int StartSize =>
        !IsStartModified ? Source.LineLength : StartOverhead + (IsResponse ? _reasonLength : _methodLength + TargetText.Length);

    private bool Fits(int growth) => growth <= 0 || Size + growth <= MaxLength;

    private bool FitsStart(int variable) => Fits(StartOverhead + variable - StartSize);

    /// <summary>
    /// Appends a field. False when the head would be too long by it, or name or value are not valid field text. Indices of
    /// fields do not outlive the call: removed ones may have given their places away.
    /// </summary>
    public bool AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length == 0 || name.Length > ushort.MaxValue || !ByteClass.IsFieldText(value))
            return false;
        HeaderId id = HeaderNames.Find(name);
        if (!Append(id, name, value))
            return false;
        NoteFraming(id);
        return id != HeaderId.Host || HostToAuthority(value);
    }

    /// <summary>Puts a field behind the others, text in the arena. False when there is no room.</summary>
    internal bool Append(HeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!Fits(name.Length + value.Length + FieldTable.Overhead))
            return false;
        byte* text = Keep(name, value);
        if (text == null)
            return false;
        ref HeaderField field = ref Fields.Append();
        field.Name = text;
        field.NameLength = (ushort)name.Length;
        field.Value = text + name.Length;
        field.ValueLength = value.Length;
        field.SourceLength = 0;
        field.Id = id;
        field.Flags = IsWhole ? HeaderField.EditedFlag : (byte)0;
        NoteFields(FieldTable.SizeOf(ref field));
        return true;
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
        ref HeaderField field = ref Fields[i];
        if (field.IsRemoved)
            return;
        NoteFields(-FieldTable.SizeOf(ref field));
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
        WriteValue(i, value) && (Fields[i].Id != HeaderId.Host || HostToAuthority(value));

    private bool WriteValue(int i, ReadOnlySpan<byte> value)
    {
        ref HeaderField field = ref Fields[i];
        int before = FieldTable.SizeOf(ref field),
            after = field.NameLength + value.Length + FieldTable.Overhead;
        if (!ByteClass.IsFieldText(value) || !Fits(after - before))
            return false;
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
        field.SourceLength = 0;
        field.Flags |= HeaderField.EditedFlag;
        NoteFields(after - before);
        NoteFraming(field.Id);
        return true;
    }

    /// <summary>Sets the request method.</summary>
    public bool SetMethod(ReadOnlySpan<byte> method)
    {
        if (
            !ByteClass.IsToken(method)
            || !FitsStart(method.Length + TargetText.Length)
            || !Exchange(ref _method, ref _methodLength, method)
        )
            return false;
        Method = HttpMethods.Find(MethodSpan);
        return true;
    }

    /// <summary>Sets the whole request target. False when the head would be too long or it has white space or control bytes.</summary>
    public bool SetTarget(ReadOnlySpan<byte> target)
    {
        if (
            target.Length == 0
            || !FitsStart(_methodLength + target.Length)
            || !ByteClass.IsTargetText(target)
            || !Exchange(ref TargetText.Text, ref TargetText.Length, target)
        )
        {
            return false;
        }
        TargetText.IsComposed = false;
        TargetText.Guess();
        return AuthorityToHost();
    }

    /// <summary>
    /// Sets path and query, keeping scheme and authority of an absolute form; either may be part of the target as it is.
    /// False when the head would be too long or it would not be a target.
    /// </summary>
    public bool ReplacePath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery)
    {
        ReadOnlySpan<byte> before = TargetText.BeforePath,
            mark = hasQuery ? "?"u8 : default;
        if (!hasQuery)
            query = default;
        int length = path.Length + mark.Length + query.Length;
        if (
            (before.IsEmpty || IsTargetComposed) && length == 0
            || !FitsStart(_methodLength + before.Length + length)
            || !ByteClass.IsTargetText(path)
            || !ByteClass.IsTargetText(query)
            || !Exchange(ref TargetText.Text, ref TargetText.Length, before, path, mark, query)
        )
        {
            return false;
        }
        TargetText.Changed();
        if (Form != TargetForm.Absolute && TargetText.Text[0] == '/')
            TargetText.Form = TargetForm.Origin;
        return true;
    }

    /// <summary>Puts together a target of parts that lie in the arena already, or are one of the path alone.</summary>
    internal bool ComposeTarget(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        int length = scheme.Length + "://".Length + authority.Length + path.Length;
        return FitsStart(_methodLength + length)
            && Exchange(ref TargetText.Text, ref TargetText.Length, scheme, "://"u8, authority, path)
            && (TargetText.IsComposed = true);
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

    /// <summary>Sets the status code, 100-999; the reason stays.</summary>
    public bool SetStatus(int status)
    {
        if (status is < 100 or > 999)
            return false;
        Status = status;
        StartEdited();
        return true;
    }

    /// <summary>Sets the reason phrase.</summary>
    public bool SetReason(ReadOnlySpan<byte> reason) =>
        ByteClass.IsFieldText(reason) && FitsStart(reason.Length) && Exchange(ref _reason, ref _reasonLength, reason);

    /// <summary>Sets the x of HTTP/1.x that is written.</summary>
    public void SetMinorVersion(int minor)
    {
        if (minor == MinorVersion)
            return;
        MinorVersion = minor;
        StartEdited();
    }

    /// <summary>COMPAT: a target that gets another authority takes Host along (RFC 9112 §3.2.2 has them equal).</summary>
    private bool AuthorityToHost()
    {
        int host = Form == TargetForm.Absolute ? Find(HeaderId.Host) : -1;
        if (host < 0)
            return true;
        ReadOnlySpan<byte> authority = Authority[(Authority.LastIndexOf((byte)'@') + 1)..];
        return Fields[host].ValueSpan.SequenceEqual(authority) || WriteValue(host, authority);
    }

    /// <summary>COMPAT: and the other way round.</summary>
    private bool HostToAuthority(ReadOnlySpan<byte> host)
    {
        if (Form != TargetForm.Absolute || !IsWhole || Authority.SequenceEqual(host) || !ByteClass.IsTargetText(host))
            return true;
        ReadOnlySpan<byte> before = TargetText.BeforeAuthority,
            after = TargetText.AfterAuthority;
        if (
            !FitsStart(_methodLength + before.Length + host.Length + after.Length)
            || !Exchange(ref TargetText.Text, ref TargetText.Length, before, host, after)
        )
            return false;
        TargetText.Changed();
        return true;
    }

    private void StartEdited()
    {
        IsStartModified = true;
        Version++;
    }

    private void NoteFields(int growth)
    {
        AreFieldsModified = true;
        Version++;
        Fields.Resize(growth);
    }

    /// <summary>A field of this name was added, changed or removed after the head was whole.</summary>
    private void NoteFraming(HeaderId id)
    {
        if (!IsWhole)
            return;
        if (id is HeaderId.ContentLength or HeaderId.TransferEncoding)
            IsFramingEdited = true;
        else if (id == HeaderId.Connection)
            Flags |= HeadFlags.HasConnection;
    }

    /// <summary>Copies the pieces into the arena one behind the other; they may lie in it. Null when there is no room.</summary>
    private byte* Keep(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default
    )
    {
        byte* text = _arena.Put(first, second, third, fourth);
        if (text != null)
            return text;
        int length = first.Length + second.Length + third.Length + fourth.Length,
            live =
                (_arena.Contains(_method) ? _methodLength : 0)
                + (_arena.Contains(TargetText.Text) ? TargetText.Length : 0)
                + (_arena.Contains(_reason) ? _reasonLength : 0)
                + Fields.BytesIn(in _arena);
        if (KeepsParts || length > _arena.Size - live)
            return null;
        text = _arena.BeginSqueeze(first, second, third, fourth);
        _arena.Gather(ref _method, _methodLength);
        _arena.Gather(ref TargetText.Text, TargetText.Length);
        _arena.Gather(ref _reason, _reasonLength);
        Fields.Gather(ref _arena);
        _arena.EndSqueeze();
        return text;
    }
}
