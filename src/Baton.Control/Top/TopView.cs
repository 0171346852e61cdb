// What somebody at "baton top" has chosen: view, order, filter, selection, and the question that waits for an answer. Knows no terminal.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Control.Top;

public sealed class TopView
{
    /// <summary>Milliseconds between two looks.</summary>
    private const int Shortest = 500,
        Longest = 60_000;

    private readonly int[] _columns = new int[TopTables.Names.Length];
    private readonly bool[] _reversed = new bool[TopTables.Names.Length];
    private string _filterBefore = "";
    private string _selected = "";
    private string? _command;

    public TopView()
    {
        Array.Fill(_columns, -1);
    }

    public int Index { get; private set; } = Array.IndexOf(TopTables.Names, "servers");
    public string Name => TopTables.Names[Index];
    public string Filter { get; set; } = "";
    public int IntervalMs { get; set; } = 2000;
    public bool IsPaused { get; private set; }
    public bool IsHelp { get; private set; }
    public bool IsTypingFilter { get; private set; }

    /// <summary>What was asked, while a yes or no is waited for; null without.</summary>
    public string? Question { get; private set; }

    /// <summary>What became of the last command.</summary>
    public string Message { get; set; } = "";

    /// <summary>What is shown, in its order, as of the last <see cref="Show"/>.</summary>
    public TopTable Table { get; private set; } = new("", [], [], "");
    public List<TopRow> Rows { get; private set; } = [];
    public int Selection { get; private set; }

    /// <summary>The first row on the screen.</summary>
    public int Offset { get; private set; }

    /// <summary>Rows that fit on the screen.</summary>
    public int Room { get; private set; } = 1;

    /// <summary>The column that decides the order; -1 for none.</summary>
    public int Column => _columns[Index];
    public bool IsReversed => _reversed[Index];

    /// <summary>A command of the runtime API that was asked for and confirmed: taken once.</summary>
    public string? TakeCommand()
    {
        string? command = _command;
        _command = null;
        return command;
    }

    /// <summary>False when there is no such view.</summary>
    public bool Choose(string name)
    {
        int at = Array.IndexOf(TopTables.Names, name);
        if (at >= 0)
            Go(at);
        return at >= 0;
    }

    public void SortBy(int column, bool reversed) => (_columns[Index], _reversed[Index]) = (column, reversed);

    /// <summary>Takes new figures: the selection stays on its row wherever that is now.</summary>
    public void Show(TopTable table, int room)
    {
        Table = table;
        Room = Math.Max(1, room);
        Rows = table.Select(Filter, Column, IsReversed);
        int at = Rows.FindIndex(r => r.Key == _selected);
        Move((at >= 0 ? at : Math.Min(Selection, Rows.Count - 1)) - Selection);
    }

    private void Move(int by)
    {
        Selection = Math.Clamp(Selection + by, 0, Math.Max(0, Rows.Count - 1));
        _selected = Selection < Rows.Count ? Rows[Selection].Key : "";
        Offset = Math.Clamp(Offset, Math.Max(0, Selection - Room + 1), Selection);
        Offset = Math.Clamp(Offset, 0, Math.Max(0, Rows.Count - Room));
    }

    private void Go(int index)
    {
        int count = TopTables.Names.Length;
        Index = (index + count) % count;
        (Selection, Offset, _selected, Message, Rows) = (0, 0, "", "", []);
    }

    /// <summary>False when that was the last key.</summary>
    public bool Press(TopKey key, char letter)
    {
        if (key == TopKey.Interrupt)
            return false;
        if (Question is not null)
            Answer(key == TopKey.Letter && letter is 'y' or 'Y');
        else if (IsTypingFilter)
            Type(key, letter);
        else if (IsHelp)
            IsHelp = false;
        else if (key == TopKey.Letter)
            return letter is not ('q' or 'Q') && Command(letter);
        else
            Steer(key);
        return true;
    }

    private void Steer(TopKey key)
    {
        switch (key)
        {
            case TopKey.Up:
                Move(-1);
                break;
            case TopKey.Down:
                Move(1);
                break;
            case TopKey.PageUp:
                Move(-Room);
                break;
            case TopKey.PageDown:
                Move(Room);
                break;
            case TopKey.Home:
                Move(-Rows.Count);
                break;
            case TopKey.End:
                Move(Rows.Count);
                break;
            case TopKey.Tab or TopKey.Right:
                Go(Index + 1);
                break;
            case TopKey.BackTab or TopKey.Left:
                Go(Index - 1);
                break;
            case TopKey.Escape:
                (Filter, Message) = ("", "");
                break;
        }
    }

    private bool Command(char letter)
    {
        Message = "";
        switch (letter)
        {
            case >= '1' and <= '6':
                Go(letter - '1');
                break;
            case 'j':
                Move(1);
                break;
            case 'k':
                Move(-1);
                break;
            case 's' or '>':
                Sort(1);
                break;
            case 'S' or '<':
                Sort(-1);
                break;
            case 'R':
                _reversed[Index] = !_reversed[Index];
                break;
            case '/':
                (_filterBefore, IsTypingFilter) = (Filter, true);
                break;
            case 'p':
                IsPaused = !IsPaused;
                break;
            case '+':
                Pace(IntervalMs / 2);
                break;
            case '-':
                Pace(IntervalMs * 2);
                break;
            case '?' or 'h':
                IsHelp = true;
                break;
            default:
                Ask(letter);
                break;
        }
        return true;
    }

    private void Pace(int ms)
    {
        IntervalMs = Math.Clamp(ms, Shortest, Longest);
        Message = string.Create(CultureInfo.InvariantCulture, $"looks every {IntervalMs / 1000.0:0.##} s");
    }

    /// <summary>The next column that has a name, and behind the last one the order of the process.</summary>
    private void Sort(int by)
    {
        int count = Table.Columns.Length + 1;
        _columns[Index] = (Column + 1 + by + count) % count - 1;
        Message = Column < 0 ? "in the order of the process" : $"by {Table.Columns[Column].Title}";
    }

    /// <summary>What changes something is asked about first.</summary>
    private void Ask(char letter)
    {
        if (Selection >= Rows.Count)
            return;
        string name = Rows[Selection].Key;
        (string? command, string question) = (Name, letter) switch
        {
            ("servers", 'd') => ($"set server {name} state drain", $"drain {name}: no new sessions but persistent ones"),
            ("servers", 'm') => ($"set server {name} state maint", $"maintenance for {name}: no new sessions at all"),
            ("servers", 'r') => ($"set server {name} state ready", $"ready {name}: sessions again"),
            ("streams", 'x') => ($"shutdown session {name}", $"end stream {name}"),
            _ => (null, ""),
        };
        (_pending, Question) = command is null ? (null, null) : (command, question);
    }

    private string? _pending;

    private void Answer(bool yes)
    {
        if (yes)
            _command = _pending;
        Message = yes ? "" : "nothing was changed";
        Question = null;
    }

    private void Type(TopKey key, char letter)
    {
        switch (key)
        {
            case TopKey.Letter:
                Filter += letter;
                break;
            case TopKey.Backspace when Filter.Length > 0:
                Filter = Filter[..^1];
                break;
            case TopKey.Enter:
                IsTypingFilter = false;
                break;
            case TopKey.Escape:
                (Filter, IsTypingFilter) = (_filterBefore, false);
                break;
        }
    }
}
