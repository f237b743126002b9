-- The retail report in plain SQL, written from the rules and not from the program that it checks.
-- Expects the table `raw`, imported from the CSV file in file order (rowid = line number after the header).
-- Prints one line of JSON: every figure of the report that does not depend on store or time.

-- One row per line, typed. What a line asks for follows from the first letter of its InvoiceNo.
create temp table line as
select rowid                                                       as number,
       case substr(InvoiceNo, 1, 1) when 'A' then 'adjust' when 'C' then 'take_back' else 'sell' end as wish,
       CustomerID <> ''                                            as known,
       case when CustomerID = ''         then 'guest-' || InvoiceNo
            when CustomerID like '%.0'   then substr(CustomerID, 1, length(CustomerID) - 2)
            else CustomerID end                                    as account,
       StockCode                                                   as item,
       cast(Quantity as integer)                                   as quantity,
       cast(round(cast(UnitPrice as real) * 1000) as integer)      as price,
       substr(InvoiceDate, 1, 7)                                   as month,
       Country                                                     as country
from raw;

-- What can be said without history. A return that is still open here is settled below.
create temp table judged as
select *,
       case wish
         when 'adjust'    then 'not_a_sale'
         when 'take_back' then case when not known then 'unknown_customer'
                                    when -quantity <= 0 then 'invalid_quantity' end
         else                  case when quantity <= 0 then 'invalid_quantity'
                                    when price <= 0 then 'invalid_price' end
       end as refusal
from line;

-- Sales and open returns of one account and stock code, numbered in file order.
create temp table step as
select dense_rank() over (order by account, item)                      as shelf,
       row_number() over (partition by account, item order by number)  as turn,
       number, wish, abs(quantity) as quantity
from judged where refusal is null;
create unique index temp.step_in_order on step (shelf, turn);

-- A return needs as much as is held: walk each shelf in order. Shelves without returns refuse nothing.
create temp table refused_return as
with recursive
  touched(shelf) as (select distinct shelf from step where wish = 'take_back'),
  walk(shelf, turn, number, held, refused) as (
    select shelf, 0, 0, 0, 0 from touched
    union all
    select step.shelf, step.turn, step.number,
           case when step.wish = 'sell'             then walk.held + step.quantity
                when walk.held >= step.quantity     then walk.held - step.quantity
                else walk.held end,
           step.wish = 'take_back' and walk.held < step.quantity
    from walk join step on step.shelf = walk.shelf and step.turn = walk.turn + 1)
select number from walk where refused;

update judged set refusal = 'nothing_to_return' where number in (select number from refused_return);

-- What was accepted: a sale counts for, a return against, each at the price of its own line.
create temp table fact as
select account, item, month, country, wish,
       case wish when 'sell' then quantity else -abs(quantity) end as net,
       price
from judged where refusal is null;

select json_object(
  'lines',    (select count(*) from raw),
  'events',   json_object('items_sold',     (select count(*) from fact where wish = 'sell'),
                          'items_returned', (select count(*) from fact where wish = 'take_back')),
  'rejections', json((select json_group_object(reason, (select count(*) from judged where refusal = reason))
                 from (select column1 as reason from (values ('unknown_customer'), ('invalid_quantity'), ('nothing_to_return'),
                                                             ('invalid_price'), ('not_a_sale'))))),
  'accounts', (select count(distinct account) from fact),
  'revenue_by_country', json((select json_group_object(country, total)
                         from (select country, sum(net * price) as total from fact group by country order by country))),
  'revenue_by_month',   json((select json_group_object(month, total)
                         from (select month, sum(net * price) as total from fact group by month order by month))),
  'top_products', json((select json_group_array(json_array(item, total))
                         from (select item, sum(net) as total from fact group by item order by total desc, item limit 10))));
