/** Which Hub a job asks: whoever speaks to another one leaves it alone. */
export const jobEndpoint = `
ALTER TABLE job ADD COLUMN endpoint TEXT NOT NULL DEFAULT '';
UPDATE job SET endpoint = coalesce(json_extract(request, '$.endpoint'), '');
`
